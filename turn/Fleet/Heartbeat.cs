using System.Text.Json.Serialization;
using Causeway.Turn.Client;

namespace Causeway.Turn.Fleet;

/// <summary>Whether a relay may be handed to clients.</summary>
public enum RelayState
{
    /// <summary>It has not relayed a probe over each of its listeners.</summary>
    [JsonStringEnumMemberName("notReady")]
    NotReady,

    /// <summary>It relays.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>It refuses new allocations; those that stand go on.</summary>
    [JsonStringEnumMemberName("draining")]
    Draining,

    /// <summary>It relays and has no room for somebody new: those who are there stay, and nobody else is sent there.</summary>
    [JsonStringEnumMemberName("full")]
    Full,
}

/// <summary>How busy a relay is.</summary>
/// <param name="Allocations">What is taken of the capacity: relayed addresses, of which an allocation of both families has two.</param>
/// <param name="Capacity">The smallest of its quota, its ports and its memory.</param>
/// <param name="BytesPerSecond">Bytes that it sent to clients and peers in a second, lately.</param>
public sealed record RelayLoad(int Allocations, int Capacity, long BytesPerSecond);

/// <summary>What a relay tells signalling every few seconds, by <c>POST</c>, as JSON signed with the heartbeat key.</summary>
public sealed record Heartbeat
{
    /// <summary>Where it is sent.</summary>
    public const string Path = "/relays/heartbeat";

    /// <summary>Most bytes of it.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>Most bytes of an answer.</summary>
    public const int MaxAnswerBytes = 64 * 1024;

    /// <summary>Most URLs of one kind.</summary>
    public const int MaxUrls = 16;

    private const int MaxNameLength = 64;
    private const int MaxUrlLength = 300;

    /// <summary>The relay's name, which no other relay of the fleet has: 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>.</summary>
    public required string Relay { get; init; }

    /// <summary>The generation that it belongs to; same form as the name. Empty when it belongs to none.</summary>
    public required string Generation { get; init; }

    /// <summary>The relay's clock, in seconds since 1970 (UTC).</summary>
    public required long Time { get; init; }

    /// <summary>Greater than that of every earlier heartbeat of this relay, also over its restarts.</summary>
    public required long Sequence { get; init; }

    /// <summary>Whether it may be handed out.</summary>
    public required RelayState State { get; init; }

    /// <summary>How busy it is.</summary>
    public required RelayLoad Load { get; init; }

    /// <summary>Its STUN URLs (RFC 7064), as browsers take them.</summary>
    public required IReadOnlyList<string> StunUrls { get; init; }

    /// <summary>Its TURN URLs (RFC 7065), as browsers take them: one for each transport that it offers.</summary>
    public required IReadOnlyList<string> TurnUrls { get; init; }

    /// <summary>The <see cref="HeartbeatAnswer.Heard"/> of the last answer that it carried out; 0 when there was none.</summary>
    public long Heard { get; init; }

    /// <summary>What is wrong with its content; null when nothing is.</summary>
    public string? Fault()
    {
        if (!IsName(Relay)) return $"relay: is no name of a relay; write 1 to {MaxNameLength} of A-Z a-z 0-9 . _ -";
        if (Generation.Length > 0 && !IsName(Generation)) return $"generation: is no name of a generation; write 1 to {MaxNameLength} of A-Z a-z 0-9 . _ -";
        if (!Enum.IsDefined(State)) return "state: is none of notReady, ready, draining, full";
        if (Load is null || Load.Allocations < 0 || Load.Capacity < 1 || Load.BytesPerSecond < 0) return "load: has a number below zero, or no capacity";
        if (StunUrls is null || StunUrls.Count > MaxUrls || !StunUrls.All(url => url?.Length <= MaxUrlLength && IceUrl.IsStun(url))) return $"stunUrls: are not {MaxUrls} STUN URLs at most";
        if (TurnUrls is null || TurnUrls.Count is 0 or > MaxUrls || !TurnUrls.All(url => url?.Length <= MaxUrlLength && IceUrl.IsTurn(url))) return $"turnUrls: are not 1 to {MaxUrls} TURN URLs";
        return null;
    }

    /// <summary>Whether this may name a relay or a generation: 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>.</summary>
    public static bool IsName(string? text) => text?.Length is >= 1 and <= MaxNameLength && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}

/// <summary>What signalling answers to a heartbeat, signed with the same key.</summary>
public sealed record HeartbeatAnswer
{
    /// <summary>Most revocations in one answer; the next answer brings more.</summary>
    public const int MaxRevocations = 200;

    /// <summary>Whether the relay's generation is admitted, so that it is handed out when it is ready.</summary>
    public required bool Admitted { get; init; }

    /// <summary>Tells the relay to refuse new allocations from now on and to let those that stand go on.</summary>
    public bool Drain { get; init; }

    /// <summary>Subjects whose credentials no longer count.</summary>
    public IReadOnlyList<Revocation> Revoke { get; init; } = [];

    /// <summary>How far the revocations go that the relay has now been told of. It repeats the number in its next heartbeat; what it did not repeat is told again.</summary>
    public long Heard { get; init; }
}

/// <summary>A subject of credentials that no longer counts.</summary>
/// <param name="Subject">The part of the username behind the expiry.</param>
/// <param name="Until">When the last of its credentials has ended anyway, in seconds since 1970 (UTC).</param>
public sealed record Revocation(string Subject, long Until);

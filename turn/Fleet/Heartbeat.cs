using System.Text.Json.Serialization;
using Causeway.Turn.Client;

namespace Causeway.Turn.Fleet;

/// <summary>A relay's state.</summary>
public enum RelayState
{
    /// <summary>It hasn't relayed a probe over each of its listeners.</summary>
    [JsonStringEnumMemberName("notReady")]
    NotReady,

    /// <summary>It relays, and may be handed to clients.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>It refuses new allocations; existing ones continue.</summary>
    [JsonStringEnumMemberName("draining")]
    Draining,

    /// <summary>It relays, but has no capacity for new clients: current clients stay, and no others are sent there.</summary>
    [JsonStringEnumMemberName("full")]
    Full,
}

/// <summary>A relay's load.</summary>
/// <param name="Allocations">The used capacity in relayed addresses; an allocation of both families has two.</param>
/// <param name="Capacity">The smallest of quota, ports and memory, in relayed addresses.</param>
/// <param name="BytesPerSecond">Bytes sent to clients and peers per second, recently.</param>
public sealed record RelayLoad(int Allocations, int Capacity, long BytesPerSecond);

/// <summary>A relay's report to signalling every few seconds, with <c>POST</c>, as JSON signed with the heartbeat key.</summary>
public sealed record Heartbeat
{
    /// <summary>The path of the request.</summary>
    public const string Path = "/relays/heartbeat";

    /// <summary>The maximum length in bytes.</summary>
    public const int MaxBytes = 16 * 1024;

    /// <summary>The maximum length of an answer in bytes.</summary>
    public const int MaxAnswerBytes = 64 * 1024;

    /// <summary>The maximum number of URLs of one kind.</summary>
    public const int MaxUrls = 16;

    private const int MaxNameLength = 64;
    private const int MaxUrlLength = 300;

    /// <summary>The relay's unique name in the fleet: 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>.</summary>
    public required string Relay { get; init; }

    /// <summary>The relay's generation, in the same form; empty without one.</summary>
    public required string Generation { get; init; }

    /// <summary>The relay's clock, in seconds since 1970 (UTC).</summary>
    public required long Time { get; init; }

    /// <summary>A number greater than in every earlier heartbeat of this relay, even before a restart.</summary>
    public required long Sequence { get; init; }

    /// <summary>The relay's state.</summary>
    public required RelayState State { get; init; }

    /// <summary>The relay's load.</summary>
    public required RelayLoad Load { get; init; }

    /// <summary>The relay's STUN URLs for browsers (RFC 7064).</summary>
    public required IReadOnlyList<string> StunUrls { get; init; }

    /// <summary>The relay's TURN URLs for browsers (RFC 7065), one for each transport.</summary>
    public required IReadOnlyList<string> TurnUrls { get; init; }

    /// <summary>The <see cref="HeartbeatAnswer.Heard"/> of the last answer that the relay obeyed; 0 without one.</summary>
    public long Heard { get; init; }

    /// <summary>Describes what is invalid; null if it is valid.</summary>
    public string? Fault()
    {
        if (!IsName(Relay)) return $"relay: is not a relay's name; write 1 to {MaxNameLength} of A-Z a-z 0-9 . _ -";
        if (Generation.Length > 0 && !IsName(Generation))
            return $"generation: is not a generation's name; write 1 to {MaxNameLength} of A-Z a-z 0-9 . _ -";
        if (!Enum.IsDefined(State)) return "state: must be notReady, ready, draining or full";
        if (Load is null || Load.Allocations < 0 || Load.Capacity < 1 || Load.BytesPerSecond < 0)
            return "load: needs a capacity and no negative numbers";
        if (!AreUrls(StunUrls, IceUrl.IsStun)) return $"stunUrls: must be at most {MaxUrls} STUN URLs";
        if (!AreUrls(TurnUrls, IceUrl.IsTurn) || TurnUrls.Count == 0) return $"turnUrls: must be 1 to {MaxUrls} TURN URLs";
        return null;
    }

    private static bool AreUrls(IReadOnlyList<string> urls, Func<string, bool> isUrl) =>
        urls is not null && urls.Count <= MaxUrls && urls.All(url => url?.Length <= MaxUrlLength && isUrl(url));

    /// <summary>Whether this may name a relay or a generation: 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>.</summary>
    public static bool IsName(string? text) =>
        text?.Length is >= 1 and <= MaxNameLength && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-');
}

/// <summary>Signalling's answer to a heartbeat, signed with the same key.</summary>
public sealed record HeartbeatAnswer
{
    /// <summary>The maximum number of revocations in one answer; the next answers bring the rest.</summary>
    public const int MaxRevocations = 200;

    /// <summary>Whether the relay's generation is admitted; then the relay is handed out while it is ready.</summary>
    public required bool Admitted { get; init; }

    /// <summary>Whether the relay must refuse new allocations from now on; existing ones continue.</summary>
    public bool Drain { get; init; }

    /// <summary>Subjects whose credentials are revoked.</summary>
    public IReadOnlyList<Revocation> Revoke { get; init; } = [];

    /// <summary>
    /// The number of the last revocation sent to the relay. The relay repeats it in its next heartbeat; otherwise the revocations are sent
    /// again.
    /// </summary>
    public long Heard { get; init; }

    /// <summary>Describes what is invalid; null if it is valid.</summary>
    public string? Fault() =>
        Revoke is null || Revoke.Count > MaxRevocations || Revoke.Any(revoked => string.IsNullOrEmpty(revoked?.Subject))
            ? $"revoke: must be at most {MaxRevocations} subjects"
            : null;
}

/// <summary>A revoked subject of credentials.</summary>
/// <param name="Subject">The part of the username after the expiry.</param>
/// <param name="Until">When the last of its credentials expires, in seconds since 1970 (UTC).</param>
public sealed record Revocation(string Subject, long Until);

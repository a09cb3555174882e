using System.Text.RegularExpressions;

namespace Causeway.Signalling.Wire;

/// <summary>What the values of a well-formed message may be.</summary>
internal static partial class MessageRules
{
    /// <summary>The longest name of a member in UTF-16 units.</summary>
    public const int MaxNameLength = 64;

    /// <summary>The longest id or token taken from a client; those that the server makes are shorter.</summary>
    public const int MaxIdLength = 64;

    /// <summary>The largest sequence number: what a JavaScript number holds exactly (2^53 - 1).</summary>
    public const long MaxSeq = 9_007_199_254_740_991;

    /// <summary>Whether this names a room: 1 to 64 of A-Z, a-z, 0-9, _ and -.</summary>
    public static bool IsRoom(string room) => RoomPattern().IsMatch(room);

    /// <summary>What is wrong with the message's values; null when nothing is.</summary>
    public static string? Fault(ClientMessage message) => message switch
    {
        Hello { Room: var room } when !IsRoom(room) => "hello.room: a room is named by 1 to 64 of the characters A-Z a-z 0-9 _ -",
        Hello { Name.Length: > MaxNameLength } => $"hello.name: at most {MaxNameLength} characters",
        Hello { Name: { } name } when name.Any(char.IsControl) => "hello.name: no control characters",
        Hello { Resume.Length: > MaxIdLength } => "hello.resume: this is no token of a welcome",
        SendSignal { Seq: < 1 or > MaxSeq } => "signal.seq: counts from 1",
        SendSignal { Ack: < 0 or > MaxSeq } => "signal.ack: the last sequence number processed, 0 for none",
        SendSignal { To.Length: > MaxIdLength } => "signal.to: this is no member's id",
        SendAck { Ack: < 0 or > MaxSeq } => "ack.ack: the last sequence number processed, 0 for none",
        SendAck { To.Length: > MaxIdLength } => "ack.to: this is no member's id",
        _ => null,
    };

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z")]
    private static partial Regex RoomPattern();
}

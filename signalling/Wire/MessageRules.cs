using Causeway.Signalling.Names;

namespace Causeway.Signalling.Wire;

/// <summary>The rules for the values of a well-formed message.</summary>
internal static class MessageRules
{
    /// <summary>The longest id or token accepted from a client; the server's own are shorter.</summary>
    public const int MaxIdLength = 64;

    /// <summary>The largest sequence number: the largest integer that is exact in JavaScript (2^53 - 1).</summary>
    public const long MaxSeq = 9_007_199_254_740_991;

    /// <summary>Whether this is a valid room name.</summary>
    public static bool IsRoom(string room) => RoomName.TryRead(room, out _);

    /// <summary>Gets what is wrong with the message's values; null for a valid message.</summary>
    public static string? Fault(ClientMessage message) => message switch
    {
        Hello { Room: var room } when !IsRoom(room) => $"hello.room: {RoomName.Rule}",
        Hello { Name.Length: > MemberName.MaxGiven } => $"hello.name: at most {MemberName.MaxGiven} characters",
        Hello { Name: { } name } when name.Any(char.IsControl) => "hello.name: no control characters",
        Hello { Resume.Length: > MaxIdLength } => "hello.resume: not a token from a welcome",
        Hello { Key: { } key } when !IsKey(key) => $"hello.key: {KeyRule}",
        Hello { Replaces: { } key } when !IsKey(key) => $"hello.replaces: {KeyRule}",
        SendSignal { Seq: < 1 or > MaxSeq } => "signal.seq: counts from 1",
        SendSignal { Ack: < 0 or > MaxSeq } => "signal.ack: the last sequence number processed, 0 for none",
        SendSignal { To.Length: > MaxIdLength } => "signal.to: not a member id",
        SendAck { Ack: < 0 or > MaxSeq } => "ack.ack: the last sequence number processed, 0 for none",
        SendAck { To.Length: > MaxIdLength } => "ack.to: not a member id",
        _ => null,
    };

    private static readonly string KeyRule = $"{ClientId.MinKeyLength} to {MaxIdLength} of A-Z a-z 0-9 _ -, chosen at random";

    private static bool IsKey(string key) =>
        key.Length is >= ClientId.MinKeyLength and <= MaxIdLength && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}

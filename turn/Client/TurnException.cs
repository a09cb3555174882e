using System.Text;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>What went wrong between client and server.</summary>
public enum TurnFailure
{
    /// <summary>The server answered with an error; <see cref="TurnException.Code"/> has it.</summary>
    Refused,

    /// <summary>The server did not answer any of the retransmissions.</summary>
    TimedOut,

    /// <summary>Nothing listens there, or there is no route to it.</summary>
    Unreachable,

    /// <summary>The TLS handshake failed: the certificate's name, chain or date, or the other side speaks no TLS.</summary>
    Tls,

    /// <summary>The server allocates, but what is sent between relayed addresses doesn't arrive.</summary>
    NotRelayed,

    /// <summary>The server's answer is not what the RFCs allow, or its integrity is wrong.</summary>
    BadAnswer,

    /// <summary>The connection, or the client, was closed.</summary>
    Closed,
}

/// <summary>A request that did not succeed: what, why, and how to mend it.</summary>
public sealed class TurnException : Exception
{
    /// <summary>A failure without an error response.</summary>
    public TurnException(TurnFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>An error response.</summary>
    /// <param name="method">The request that was refused.</param>
    /// <param name="code">Its ERROR-CODE.</param>
    /// <param name="reason">The server's reason phrase.</param>
    public TurnException(StunMethod method, StunErrorCode code, string reason)
        : base($"{method} was refused: {(int)code} {Printable(reason)}; {Mend(method, code)}")
    {
        Failure = TurnFailure.Refused;
        Code = code;
        Reason = Printable(reason);
    }

    /// <summary>What went wrong.</summary>
    public TurnFailure Failure { get; }

    /// <summary>The ERROR-CODE of an error response; null for other failures.</summary>
    public StunErrorCode? Code { get; }

    /// <summary>The server's reason phrase; empty for other failures.</summary>
    public string Reason { get; } = "";

    private static string Mend(StunMethod method, StunErrorCode code) => (method, code) switch
    {
        (_, StunErrorCode.Unauthenticated) => "check the secret, and the clocks of who minted the credential and of the server",
        (_, StunErrorCode.WrongCredentials) => "use the credential that made the allocation",
        (_, StunErrorCode.StaleNonce) => "the server keeps sending new nonces; its clock may jump",
        (_, StunErrorCode.TryAlternate) => "use another server",
        (StunMethod.Allocate, StunErrorCode.Forbidden) => "the server allows this user no allocation",
        (_, StunErrorCode.Forbidden) => "the server denies this peer; its allow and deny prefixes say which peers it relays to",
        (StunMethod.Allocate, StunErrorCode.AllocationMismatch) => "the five-tuple has an allocation; release it or use another local port",
        (_, StunErrorCode.AllocationMismatch) => "the allocation is gone; allocate again",
        (_, StunErrorCode.AddressFamilyNotSupported) => "ask for an address family that the server has an address of",
        (_, StunErrorCode.PeerAddressFamilyMismatch) => "the peer must be of a family that was allocated",
        (_, StunErrorCode.UnsupportedTransportProtocol) => "ask for UDP",
        (_, StunErrorCode.AllocationQuotaReached) => "this user holds as many allocations as it may; release one",
        (_, StunErrorCode.InsufficientCapacity) => "the server is full; try again later or use another one",
        _ => "the server's logs and counters say more",
    };

    // The phrase is the server's text: bounded, and without anything that a terminal would obey.
    private static string Printable(string reason)
    {
        var text = new StringBuilder();
        foreach (var rune in reason.AsSpan(0, Math.Min(reason.Length, 128)).EnumerateRunes())
            if (!Rune.IsControl(rune)) text.Append(rune);
        return text.ToString();
    }
}

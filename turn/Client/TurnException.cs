using System.Text;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>The kind of a failure between client and server.</summary>
public enum TurnFailure
{
    /// <summary>The server answered with an error: <see cref="TurnException.Code"/>.</summary>
    Refused,

    /// <summary>The server did not answer in time.</summary>
    TimedOut,

    /// <summary>Nothing listens there, or there is no route.</summary>
    Unreachable,

    /// <summary>The TLS handshake failed: the certificate's name, chain or date, or the server doesn't speak TLS.</summary>
    Tls,

    /// <summary>The server allocates, but what is sent between relayed addresses doesn't arrive.</summary>
    NotRelayed,

    /// <summary>The server's answer violates the RFCs, or its integrity check failed.</summary>
    BadAnswer,

    /// <summary>The connection or the client was closed.</summary>
    Closed,
}

/// <summary>Another server, to which a server sends its client.</summary>
/// <param name="Server">Its address, for the same transport.</param>
/// <param name="Domain">The name that its certificate must have, for TLS; null for the same as before.</param>
public sealed record TurnAlternate(TransportAddress Server, string? Domain);

/// <summary>A request failed. The message says what failed, why, and how to fix it.</summary>
public sealed class TurnException : Exception
{
    /// <summary>A failure without an error response.</summary>
    public TurnException(TurnFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>An error response.</summary>
    /// <param name="method">The refused request.</param>
    /// <param name="code">Its ERROR-CODE.</param>
    /// <param name="reason">The server's reason phrase.</param>
    public TurnException(StunMethod method, StunErrorCode code, string reason)
        : base($"{method} was refused: {(int)code} {Printable(reason)}; {Fix(method, code)}")
    {
        Failure = TurnFailure.Refused;
        Code = code;
        Reason = Printable(reason);
    }

    /// <summary>The kind of failure.</summary>
    public TurnFailure Failure { get; }

    /// <summary>The ERROR-CODE of an error response; null for other failures.</summary>
    public StunErrorCode? Code { get; }

    /// <summary>The server's reason phrase; empty for other failures.</summary>
    public string Reason { get; } = "";

    /// <summary>
    /// The server that a 300 response names, if it was signed with the password (RFC 8489 §10); null for other failures, and for a response
    /// that anyone could have sent.
    /// </summary>
    public TurnAlternate? Alternate { get; init; }

    private static string Fix(StunMethod method, StunErrorCode code) => (method, code) switch
    {
        (_, StunErrorCode.Unauthenticated) => "check the secret, and the clocks of the server and of the credential's issuer",
        (_, StunErrorCode.WrongCredentials) => "use the credential that made the allocation",
        (_, StunErrorCode.StaleNonce) => "the server rejects its own new nonces; check its clock",
        (_, StunErrorCode.TryAlternate) => "use another server",
        (StunMethod.Allocate, StunErrorCode.Forbidden) => "the server doesn't allow this user to allocate",
        (_, StunErrorCode.Forbidden) => "the server denies this peer; check its allowed and denied prefixes",
        (StunMethod.Allocate, StunErrorCode.AllocationMismatch) => "the five-tuple has an allocation; release it or use another local port",
        (_, StunErrorCode.AllocationMismatch) => "the allocation ended; allocate again",
        (_, StunErrorCode.AddressFamilyNotSupported) => "request an address family that the server supports",
        (_, StunErrorCode.PeerAddressFamilyMismatch) => "use a peer of an allocated address family",
        (_, StunErrorCode.UnsupportedTransportProtocol) => "request UDP; a Causeway relay offers TCP with relay.tcpAllocations",
        (_, StunErrorCode.ConnectionAlreadyExists) => "use the connection to this peer, or close it first",
        (_, StunErrorCode.ConnectionTimeoutOrFailure) => "the peer refuses connections or did not answer; check that it listens",
        (_, StunErrorCode.AllocationQuotaReached) => "this user has too many allocations; release one",
        (_, StunErrorCode.InsufficientCapacity) => "the server is full; try again later or use another server",
        _ => "check the server's logs and counters",
    };

    // The phrase is the server's text: truncated, and without control characters.
    private static string Printable(string reason)
    {
        var text = new StringBuilder();
        foreach (var rune in reason.AsSpan(0, Math.Min(reason.Length, 128)).EnumerateRunes())
            if (!Rune.IsControl(rune)) text.Append(rune);
        return text.ToString();
    }
}

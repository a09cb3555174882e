using System.Net.Sockets;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Ops.Check;

/// <summary>Maps failures of sockets and relays to their likely cause and fix.</summary>
internal static class Diagnoses
{
    /// <summary>The diagnosis of a TCP connection that failed.</summary>
    public static Diagnosis Connect(SocketException failure, int port) => failure.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new($"nothing listens on TCP port {port}", "check that the service runs and listens on that port"),
        SocketError.TimedOut or SocketError.OperationAborted => new(
            $"TCP port {port} doesn't answer: a firewall drops the packets",
            $"open TCP port {port} to the host in its security group and in this network"),
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => new(
            "no route to the host", "check this machine's network and the address"),
        _ => new($"TCP port {port} is unreachable", "check the address, the port and firewalls"),
    };

    /// <summary>The diagnosis of a STUN or TURN request that failed.</summary>
    public static Diagnosis Turn(TurnException failure, IceUrl url) => failure.Failure switch
    {
        TurnFailure.Unreachable => Unreachable(failure, url),
        TurnFailure.TimedOut => TimedOut(failure, url),
        TurnFailure.NotRelayed => new(
            "the relay allocates, but data between relayed addresses is lost",
            "open the relay's port range for UDP (relay.ports) in its security group, and check relay.addresses.public"),
        TurnFailure.Closed when url.Transport == ClientTransport.Tls => new(
            "the TLS handshake failed: the server closed the connection, as a port without TLS does",
            "check that the relay listens with TLS on that port and has its certificate"),
        TurnFailure.Closed => new(
            "the relay closed the connection",
            "check its log and counters; it closes connections that don't send STUN, and clients beyond its limits"),
        TurnFailure.Tls => new(
            "the TLS handshake failed: the certificate's name, chain or date is wrong, or the port doesn't use TLS",
            "check the relay's certificate; if it is self-signed, pass its file with --trust"),
        TurnFailure.BadAnswer => new(
            "the server isn't a relay, or a middlebox changes packets",
            "check what listens on that port; check for a firewall that rewrites SIP or STUN"),
        _ => Refused(failure.Code),
    };

    private static Diagnosis Unreachable(TurnException failure, IceUrl url) =>
        failure.InnerException is SocketException { SocketErrorCode: not SocketError.ConnectionRefused }
            ? new("no route to the relay's address", "check this machine's network, and that the URL's host is the relay")
            : new(
                $"nothing listens on {url.IpProtocol.ToUpperInvariant()} port {url.Port}",
                "check that the relay runs and listens there: relay.listeners");

    private static Diagnosis TimedOut(TurnException failure, IceUrl url) => url.Transport switch
    {
        ClientTransport.Udp => new(
            $"UDP port {url.Port} doesn't answer: a firewall drops the packets, or the relay isn't running",
            $"open UDP port {url.Port} to the relay; if only this network blocks UDP, browsers use the relay's TCP or TLS URLs"),
        _ when failure.InnerException is OperationCanceledException => new(
            $"TCP port {url.Port} doesn't answer: a firewall drops the packets",
            $"open TCP port {url.Port} to the relay in its security group and in this network"),
        _ => new(
            $"TCP port {url.Port} accepts connections but doesn't answer",
            "check that the relay, and not another program, listens there"),
    };

    private static Diagnosis Refused(StunErrorCode? code) => code switch
    {
        StunErrorCode.Unauthenticated => new(
            "the relay rejects the credential: signalling and relay have different secrets, or a clock is wrong",
            "configure the same secrets (relay.secrets, signalling.ice.secrets) and check both clocks"),
        StunErrorCode.Forbidden => new(
            "the relay denies its own relayed address as a peer",
            "check relay.denyPeers, and relay.addresses.public if the relay is behind a NAT"),
        StunErrorCode.AllocationQuotaReached or StunErrorCode.InsufficientCapacity => new(
            "the relay is full, or this user has too many allocations", "try again later; raise relay.quotas if it persists"),
        StunErrorCode.AddressFamilyNotSupported => new(
            "the relay has no relayed address of this family", "add one to relay.addresses, or remove the DNS record of this family"),
        _ => new("the relay refused the request", "check its log and counters"),
    };
}

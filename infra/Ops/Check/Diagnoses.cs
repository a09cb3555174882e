using System.Net.Sockets;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Ops.Check;

/// <summary>From what a socket or a relay said to what is likely wrong and how to mend it.</summary>
internal static class Diagnoses
{
    /// <summary>Why a TCP connection was not made.</summary>
    public static Diagnosis Connect(SocketException failure, int port) => failure.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => new($"nothing listens on TCP port {port}", "check that the service runs, and on that port"),
        SocketError.TimedOut or SocketError.OperationAborted => new($"TCP port {port} is not answered: something on the way drops it", $"open TCP port {port} to the host, in its security group and in this network"),
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => new("there is no route to the host", "check this machine's network, and the address"),
        _ => new($"TCP port {port} cannot be reached", "check address, port and firewall"),
    };

    /// <summary>Why a STUN or TURN server did not do its work.</summary>
    public static Diagnosis Turn(TurnException failure, IceUrl url)
    {
        var protocol = url.Transport == ClientTransport.Udp ? "UDP" : "TCP";
        return (failure.Failure, failure.Code) switch
        {
            (TurnFailure.Unreachable, _) when failure.InnerException is SocketException { SocketErrorCode: not SocketError.ConnectionRefused } =>
                new("there is no way to the relay's address", "check this machine's network, and that the URL's host is the relay's"),
            (TurnFailure.Unreachable, _) => new($"nothing listens on {protocol} port {url.Port}", "check that the relay runs and listens there: relay.listeners"),
            (TurnFailure.NotRelayed, _) =>
                new("the relay allocates, but what is sent between relayed addresses is lost", "open the relay's port range for UDP (relay.ports) in its security group, and check relay.addresses.public"),
            (TurnFailure.TimedOut, _) when url.Transport == ClientTransport.Udp =>
                new($"UDP port {url.Port} is not answered: a firewall drops it, or no relay runs there", $"open UDP port {url.Port} to the relay; where only this network blocks UDP, browsers use the relay's TCP or TLS URLs instead"),
            (TurnFailure.TimedOut, _) when failure.InnerException is OperationCanceledException =>
                new($"TCP port {url.Port} is not answered: something on the way drops it", $"open TCP port {url.Port} to the relay, in its security group and in this network"),
            (TurnFailure.TimedOut, _) => new($"TCP port {url.Port} connects and is not answered", "check that the relay, and not something else, listens there"),
            (TurnFailure.Closed, _) when url.Transport == ClientTransport.Tls => new("the TLS handshake failed: what listens there closed the connection, as a port that speaks no TLS does", "check that the relay listens with tls there, and has its certificate"),
            (TurnFailure.Closed, _) => new("the relay closed the connection", "look at its log and counters; it closes what is not STUN, and clients beyond its limits"),
            (TurnFailure.Tls, _) => new("the TLS handshake failed: the certificate's name, chain or date, or no TLS is spoken there", "check the relay's certificate; for one that signs itself give its file with --trust"),
            (TurnFailure.Refused, StunErrorCode.Unauthenticated) =>
                new("the credential is not accepted: signalling and relay have different secrets, or a clock is wrong", "give both the same secrets (relay.secrets, signalling.ice.secrets) and check both clocks"),
            (TurnFailure.Refused, StunErrorCode.Forbidden) => new("the relay denies its own relayed address as a peer", "look at relay.denyPeers, and at relay.addresses.public where a NAT stands before it"),
            (TurnFailure.Refused, StunErrorCode.AllocationQuotaReached or StunErrorCode.InsufficientCapacity) => new("the relay is full, or this user holds too many allocations", "try again later; raise relay.quotas if it stays so"),
            (TurnFailure.Refused, StunErrorCode.AddressFamilyNotSupported) => new("the relay has no relayed address of this family", "add one to relay.addresses, or take the URL's record of this family away"),
            (TurnFailure.BadAnswer, _) => new("what answers is not the relay, or something on the way changes packets", "check what listens on that port; look for a firewall that rewrites SIP or STUN"),
            _ => new("the relay refused", "look at its log and counters"),
        };
    }
}

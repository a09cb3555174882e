using Causeway.Turn.Protocol.Relay.Authentication;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Shards;

/// <summary>Sends clients to other relays when this one drains or is full (RFC 8489 §10, RFC 8656 §7.2 step 11).</summary>
public sealed partial class RelayShard
{
    /// <summary>
    /// Refuses an authentic Allocate request, so that the response is signed. Instead of 508 a client gets 300 if there is an alternate for
    /// it; the relay's own probes, which ask for this relay, never do.
    /// </summary>
    private void RefuseAllocation(in Transaction transaction, StunErrorCode error, bool isProbe)
    {
        var client = transaction.Client;
        if (error != StunErrorCode.InsufficientCapacity
            || isProbe
            || ChooseAlternate(transaction, client.Address.Family) is not { } alternate)
        {
            Refuse(transaction, error);
            return;
        }

        // The first attribute is of the client's family; one of the other family should follow (RFC 8489 §10). Over TLS one
        // ALTERNATE-DOMAIN is of both.
        var response = _responses.Fail(_response, transaction, StunErrorCode.TryAlternate);
        response.AddAddress(StunAttributeType.AlternateServer, alternate.Address);
        var other = alternate.Address.Family == IpFamily.IPv4 ? IpFamily.IPv6 : IpFamily.IPv4;
        if (ChooseAlternate(transaction, other, alternate) is { } second)
            response.AddAddress(StunAttributeType.AlternateServer, second.Address);
        if (alternate.Domain is { } domain) response.Add(StunAttributeType.AlternateDomain, domain);
        Send(transaction, ref response);
    }

    /// <summary>
    /// Chooses one of the servers of the client's transport and a family by the transaction id, which is random: so clients spread over
    /// them, and a retransmission gets the same response.
    /// </summary>
    private AlternateServer? ChooseAlternate(in Transaction transaction, IpFamily family, AlternateServer? like = null)
    {
        var transport = transaction.Client.Transport;
        var fit = _settings.Alternates
            .Where(server => server.Transport == transport && server.Address.Family == family)
            .Where(server => like is null || server.Domain == like.Domain)
            .ToArray();
        return fit.Length == 0 ? null : fit[(int)(transaction.Id.Low % (uint)fit.Length)];
    }
}

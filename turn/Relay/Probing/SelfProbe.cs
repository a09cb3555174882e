using System.Net;
using System.Security.Cryptography;
using Causeway.Relay.Settings;
using Causeway.Turn.Client;
using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Probing;

/// <summary>The result of a listener's probe.</summary>
/// <param name="Listener">The listener.</param>
/// <param name="Mistake">Why nothing was relayed; null on success.</param>
public sealed record ProbeResult(BoundListener Listener, string? Mistake)
{
    /// <summary>Whether a datagram was relayed.</summary>
    public bool IsRelayed => Mistake is null;

    /// <summary>One line: <c>udp 192.0.2.1:3478: relayed</c>, or the mistake.</summary>
    public override string ToString() => $"{Listener.Transport.ToString().ToLowerInvariant()} {Listener.Address}: {Mistake ?? "relayed"}";
}

/// <summary>
/// Uses the relay like a client: over each listener an allocation, a permission for its own relayed address, and a datagram to it, which
/// leaves and returns by the socket of that address. Capacity is reserved for the probe (<see cref="Turn.Protocol.Relay.ProbeClients"/>): a
/// full relay still relays for its clients.
/// </summary>
internal sealed class SelfProbe(
    IRelayEngine engine, RelayShared shared, ProbeClients probes, Func<RelayConfiguration> configuration, TimeProvider time) : IDisposable
{
    // A subject for each listener: all are probed at once, and a subject may be limited to one allocation.
    private const string Subject = "self-probe-";
    private const int PayloadBytes = 32;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1);
    private IReadOnlyList<ProbeResult>? _last;
    private long _lastAt;

    public async Task<IReadOnlyList<ProbeResult>> RunAsync(CancellationToken cancellation)
    {
        // One at a time and not too often: readiness checks must not load the relay with probes.
        await _one.WaitAsync(cancellation);
        try
        {
            if (_last is { } last && time.GetElapsedTime(_lastAt) < Fresh) return last;
            var results = await Task.WhenAll(engine.Listeners.Select((listener, index) => ProbeAsync(listener, index)));
            _lastAt = time.GetTimestamp();
            return _last = results;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<ProbeResult> ProbeAsync(BoundListener listener, int index)
    {
        // Not cancelled with the caller: a stopping relay would wait for the probe's abandoned allocation.
        using var bound = new CancellationTokenSource(Longest);
        TransportAddress? reserved = null;
        try
        {
            await using var client = await TurnClient.ConnectAsync(Options(listener, index, Reserve), bound.Token);
            await RelayAsync(client, bound.Token);
            return new(listener, null);
        }
        catch (TurnException failure)
        {
            return new(listener, failure.Message);
        }
        catch (OperationCanceledException)
        {
            return new(listener, $"nothing came back within {Longest.TotalSeconds:0} s; a firewall on this host may drop local traffic");
        }
        finally
        {
            if (reserved is { } held) probes.Remove(listener.Transport, held);
        }

        void Reserve(TransportAddress local)
        {
            reserved = local;
            probes.Add(listener.Transport, local);
        }
    }

    private async Task RelayAsync(TurnClient client, CancellationToken cancellation)
    {
        var allocation = await client.AllocateAsync(new() { Family = shared.Addresses[0].Family }, cancellation);
        try
        {
            var self = allocation.Relayed[0];
            if (configuration().DenyPeers.Any(denied => denied.IsOnly(self.Ip)))
            {
                await SeeRefusalAsync(client, self.Ip, cancellation);
                return;
            }

            await client.PermitAsync(self.Ip, cancellation);

            var payload = RandomNumberGenerator.GetBytes(PayloadBytes);
            await client.SendAsync(self, payload, cancellation);
            var back = await client.ReceiveAsync(cancellation);
            if (back.Peer != self || !back.Payload.Span.SequenceEqual(payload))
                throw new TurnException(TurnFailure.BadAnswer, "the received data differs from the sent data");
        }
        finally
        {
            using var bound = new CancellationTokenSource(ReleaseTimeout);
            await client.ReleaseAsync(bound.Token);
        }
    }

    /// <summary>The settings deny the relay's own address: then the probe only checks the allocation and the refusal.</summary>
    private static async Task SeeRefusalAsync(TurnClient client, IpAddress self, CancellationToken cancellation)
    {
        try
        {
            await client.PermitAsync(self, cancellation);
        }
        catch (TurnException refused) when (refused.Code == StunErrorCode.Forbidden)
        {
            return;
        }

        throw new TurnException(TurnFailure.BadAnswer, $"{self} is permitted as a peer, although relay.denyPeers contains it");
    }

    private TurnClientOptions Options(BoundListener listener, int index, Action<TransportAddress> bound) => new()
    {
        Server = new(Reachable(listener.Address.Ip), listener.Address.Port),
        // This host's address reaches itself.
        Local = new(Reachable(listener.Address.Ip), 0),
        Bound = bound,
        Transport = listener.Transport,
        Credentials = Credentials.Mint(configuration().Secrets[0], Subject + index, time.GetUtcNow().ToUnixTimeSeconds() + 60),
        AutoRefresh = false,
        ConnectTimeout = Longest,
        // The probe has no name to check; it expects exactly the relay's current certificate.
        CertificateValidation = (_, shown, _, _) => configuration().Certificate!.IsCurrent(shown),
    };

    private static IpAddress Reachable(IpAddress listening) =>
        listening.Bits != 0 ? listening : IpAddress.From(listening.Family == IpFamily.IPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
}

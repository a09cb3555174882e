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

/// <summary>What a probe of one listener showed.</summary>
/// <param name="Listener">Where the probe went in.</param>
/// <param name="Mistake">Why nothing was relayed; null when it was.</param>
public sealed record ProbeResult(BoundListener Listener, string? Mistake)
{
    /// <summary>Whether a datagram went through the relay.</summary>
    public bool IsRelayed => Mistake is null;

    /// <summary>One line: <c>udp 192.0.2.1:3478: relayed</c>, or what is wrong.</summary>
    public override string ToString() => $"{Listener.Transport.ToString().ToLowerInvariant()} {Listener.Address}: {Mistake ?? "relayed"}";
}

/// <summary>
/// Asks the relay what a client asks: over each listener an allocation, a permission for its own relayed address, and a datagram to it, which leaves by the
/// socket of that address and comes back by it. Room for the probe is kept (<see cref="Turn.Protocol.Relay.ProbeClients"/>): a relay that is full relays, for those who are there.
/// </summary>
internal sealed class SelfProbe(
    IRelayEngine engine, RelayShared shared, ProbeClients probes, Func<RelayConfiguration> configuration, TimeProvider time) : IDisposable
{
    // A subject for each listener: all are probed at once, and a subject may be allowed a single allocation.
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
        // One at a time and not too often: whoever may ask for readiness must not be able to load the relay with probes.
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
        // Not given up half-way when the caller goes: a relay that stops would wait for the allocation that the probe left behind.
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
            return new(listener, $"nothing came back within {Longest.TotalSeconds:0} s; does a firewall on this host drop its own traffic?");
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
            if (back.Peer != self || !back.Payload.Span.SequenceEqual(payload)) throw new TurnException(TurnFailure.BadAnswer, "what came back is not what was sent");
        }
        finally
        {
            using var bound = new CancellationTokenSource(ReleaseTimeout);
            await client.ReleaseAsync(bound.Token);
        }
    }

    /// <summary>The settings deny the relay's own address: then an allocation is all that can be seen from here, and a refusal is what is right.</summary>
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

        throw new TurnException(TurnFailure.BadAnswer, $"{self} is permitted as a peer, although relay.denyPeers has it");
    }

    private TurnClientOptions Options(BoundListener listener, int index, Action<TransportAddress> bound) => new()
    {
        Server = new(Reachable(listener.Address.Ip), listener.Address.Port),
        // An address of this host reaches itself.
        Local = new(Reachable(listener.Address.Ip), 0),
        Bound = bound,
        Transport = listener.Transport,
        Credentials = Credentials.Mint(configuration().Secrets[0], Subject + index, time.GetUtcNow().ToUnixTimeSeconds() + 60),
        AutoRefresh = false,
        ConnectTimeout = Longest,
        // The probe knows no name to ask for; it wants the very certificate that the relay means to show.
        CertificateValidation = (_, shown, _, _) => shown is not null && shown.GetCertHash(HashAlgorithmName.SHA256).AsSpan().SequenceEqual(configuration().Certificate!.Current.TargetCertificate.GetCertHash(HashAlgorithmName.SHA256)),
    };

    private static IpAddress Reachable(IpAddress listening) =>
        listening.Bits != 0 ? listening : IpAddress.From(listening.Family == IpFamily.IPv6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
}

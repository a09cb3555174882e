using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using Causeway.Relay.Certificates;
using Causeway.Relay.Settings;
using Causeway.Turn.Client;
using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Peers;
using Causeway.Turn.Protocol.Relay.Shards;

namespace Causeway.Relay.Probing;

/// <summary>
/// Loads before the first client what a relay needs only later: assemblies, TLS, name resolution, the text of an exception. Each takes file
/// descriptors, and a process without free descriptors crashes when the runtime loads something. It runs a real relay on loopback, on its
/// own ports, once per process.
/// </summary>
internal static class WarmUp
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);
    private static readonly Lock Gate = new();
    private static Task? _relaying;

    /// <summary>Completes when all is loaded, or when it takes too long: the relay's probe reports what doesn't work.</summary>
    /// <param name="engine">The engine that the relay runs on.</param>
    /// <param name="certificate">The certificate of TLS listeners; null without one.</param>
    /// <param name="admin">The endpoint of health and metrics; null without one.</param>
    /// <param name="cancellation">Cancels it.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Must not prevent a start: what fails here is reported where it is needed.")]
    public static async Task RunAsync(EngineChoice engine, CertificateStore? certificate, IPEndPoint? admin, CancellationToken cancellation)
    {
        Task relaying;
        lock (Gate) relaying = _relaying ??= Task.Run(() => RelayAsync(engine, certificate), CancellationToken.None);
        try
        {
            await relaying.WaitAsync(Longest, cancellation);
            if (admin is not null) await AskAsync(admin, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure)
        {
            // Loads what the text needs, including file names and lines.
            _ = failure.ToString();
        }
    }

    private static async Task RelayAsync(EngineChoice choice, CertificateStore? certificate)
    {
        var loopback = IpAddress.From(IPAddress.Loopback);
        ClientTransport[] tls = certificate is null ? [] : [ClientTransport.Tls];
        ClientTransport[] transports = [ClientTransport.Udp, ClientTransport.Tcp, .. tls];
        await using var engine = choice.Bind(
            new()
            {
                Listeners = [.. transports.Select(transport => new Listener(transport, new(loopback, 0)))],
                Certificate = certificate is null ? null : () => certificate.Current,
            },
            new Silence(),
            TimeProvider.System);
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        var peers = new PeerPolicy([IpPrefix.Parse("127.0.0.0/8")], [], []);
        var settings = new RelaySettings { Realm = "warm-up", Addresses = [new(loopback, loopback)], Secrets = [secret], Peers = peers };
        var shared = new RelayShared(settings, RandomNumberGenerator.GetBytes(32));
        engine.Start([.. Enumerable.Range(0, engine.ShardCount)
            .Select(index => new RelayShard(settings, shared, (ushort)index, RandomNumberGenerator.GetBytes(32)))]);

        using var bound = new CancellationTokenSource(Longest);
        foreach (var listener in engine.Listeners)
        {
            var options = new TurnClientOptions
            {
                Server = listener.Address,
                Transport = listener.Transport,
                Credentials = Credentials.Mint(secret, "warm-up", DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 60),
                AutoRefresh = false,
                CertificateValidation = (_, shown, _, _) => certificate!.IsCurrent(shown),
            };
            await RelayAsync(options, bound.Token);
            await FailAsync(options with { Credentials = options.Credentials! with { Password = "wrong" } }, bound.Token);
        }

        await Dns.GetHostAddressesAsync("localhost", bound.Token);
    }

    private static async Task RelayAsync(TurnClientOptions options, CancellationToken cancellation)
    {
        await using var client = await TurnClient.ConnectAsync(options, cancellation);
        await client.BindingAsync(cancellation);
        var self = (await client.AllocateAsync(cancellation: cancellation)).Relayed[0];
        await client.PermitAsync(self.Ip, cancellation);
        await client.SendAsync(self, new byte[1200], cancellation);
        await client.ReceiveAsync(cancellation);
        await client.BindChannelAsync(self, cancellation);
        await client.SendAsync(self, new byte[1200], cancellation);
        await client.ReceiveAsync(cancellation);
        await client.RefreshAsync(cancellation: cancellation);
        await client.ReleaseAsync(cancellation);
    }

    private static async Task FailAsync(TurnClientOptions options, CancellationToken cancellation)
    {
        try
        {
            await using var client = await TurnClient.ConnectAsync(options, cancellation);
            await client.AllocateAsync(cancellation: cancellation);
        }
        catch (TurnException refused)
        {
            _ = refused.ToString();
        }
    }

    private static async Task AskAsync(IPEndPoint admin, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = new($"http://{admin}"), Timeout = Longest };
        foreach (var path in new[] { "/healthz", "/metrics" }) await http.GetStringAsync(path, cancellation);
    }

    /// <summary>Ignores all events.</summary>
    private sealed class Silence : IEngineEvents
    {
        public void Created(AllocationCreated allocation)
        {
            // Ignored.
        }

        public void Ended(AllocationEnded allocation)
        {
            // Ignored.
        }

        public void RelayNotOpened(OpenRelay asked, RelayFailure reason, Exception failure)
        {
            // Ignored.
        }

        public void ListenerChanged(BoundListener listener, bool isServed)
        {
            // Ignored.
        }

        public void ListenerRefused(TransportAddress address, Exception failure)
        {
            // Ignored.
        }

        public void Unexpected(string where, Exception failure, long suppressed)
        {
            // Ignored.
        }
    }
}

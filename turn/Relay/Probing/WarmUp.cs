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
/// descriptors, and a
/// process that has none left when the runtime wants to load something ends. What runs is the real thing, on loopback and ports of its own,
/// once for a process.
/// </summary>
internal static class WarmUp
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);
    private static readonly Lock Gate = new();
    private static Task? _relaying;

    /// <summary>Ends when all is loaded, or when it takes too long: a relay that cannot do what is done here says so when it is
    /// probed.</summary>
    /// <param name="engine">The engine that the relay runs on.</param>
    /// <param name="certificate">The certificate of the TLS listeners; null when there is none.</param>
    /// <param name="admin">Where health and metrics are served; null: nowhere.</param>
    /// <param name="cancellation">Gives it up.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Nothing here may keep a relay from starting: what fails here fails, and is told, where it is needed.")]
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
            // Its text is loaded by asking for it, with the names of files and lines.
            _ = failure.ToString();
        }
    }

    private static async Task RelayAsync(EngineChoice choice, CertificateStore? certificate)
    {
        var loopback = IpAddress.From(IPAddress.Loopback);
        ClientTransport[] transports = [ClientTransport.Udp, ClientTransport.Tcp, .. certificate is null ? [] : new[] { ClientTransport.Tls }];
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
                CertificateValidation = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256)
                    == certificate!.Current.TargetCertificate.GetCertHashString(HashAlgorithmName.SHA256),
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

    /// <summary>A host that is told nothing.</summary>
    private sealed class Silence : IEngineEvents
    {
        public void Created(AllocationCreated allocation)
        {
            // Nobody asks.
        }

        public void Ended(AllocationEnded allocation)
        {
            // Nobody asks.
        }

        public void RelayNotOpened(OpenRelay asked, RelayFailure reason, Exception failure)
        {
            // Nobody asks.
        }

        public void ListenerChanged(BoundListener listener, bool isServed)
        {
            // Nobody asks.
        }

        public void ListenerRefused(TransportAddress address, Exception failure)
        {
            // Nobody asks.
        }

        public void Unexpected(string where, Exception failure, long suppressed)
        {
            // Nobody asks.
        }
    }
}

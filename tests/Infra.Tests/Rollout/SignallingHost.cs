using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Causeway.Relay.Hosting;
using Causeway.Signalling.Relays;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Causeway.Infra.Tests.Rollout;

/// <summary>A host as the admission meets it: signalling over TLS with a self-signed certificate, and a relay.</summary>
internal sealed class SignallingHost : IAsyncDisposable
{
    public const string AdmissionKey = "the admission key of the tests, long enough";
    private const string TurnSecret = "a secret that only this test knows";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("causeway-host-");
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly string _generation;
    private readonly int _heartbeats = FreePorts.Take();
    private WebApplication _app = null!;
    private RelayHost? _relay;

    private SignallingHost(string generation, int port) => (_generation, Port) = (generation, port);

    public int Port { get; }

    public bool AdmissionKnown => _app.Services.GetRequiredService<RelayRegistry>().View().AdmissionKnown;

    public static async Task<SignallingHost> StartAsync(string generation, int port = 0)
    {
        var host = new SignallingHost(generation, port == 0 ? FreePorts.Take() : port);
        var (chain, key) = host.Certificate();
        host.Write("heartbeat", "the heartbeat key of the tests, long enough\n");
        host.Write("admission", AdmissionKey + "\n");
        host._app = Signalling.Program.Build(
        [
            $"--signalling:listen:0=https://127.0.0.1:{host.Port}",
            $"--signalling:certificateFile={chain}",
            $"--signalling:certificateKeyFile={key}",
            $"--signalling:ice:secrets:0={TurnSecret}",
            $"--signalling:relays:heartbeatKeysFile={host.At("heartbeat")}",
            $"--signalling:relays:heartbeatListen=http://127.0.0.1:{host._heartbeats}",
            $"--signalling:relays:admissionKeysFile={host.At("admission")}",
            $"--signalling:relays:generation={generation}",
        ]);
        host._app.Use((context, next) =>
        {
            context.Response.OnCompleted(() =>
            {
                host._asked.Enqueue(context.Request.Path);
                return Task.CompletedTask;
            });
            return next(context);
        });
        await host._app.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    /// <summary>Starts a relay of the host's generation and waits until signalling hands it out.</summary>
    public async Task AddRelayAsync()
    {
        _relay = await RelayHost.StartAsync(
            new()
            {
                Listeners = [new() { Address = "127.0.0.1", Port = 0 }],
                Addresses = [new() { Address = "127.0.0.1" }],
                Secrets = [TurnSecret],
                AllowPeers = ["127.0.0.0/8"],
                Shards = 1,
                DrainDeadline = TimeSpan.Zero,
                Heartbeat = new()
                {
                    Urls = [$"http://127.0.0.1:{_heartbeats}"],
                    KeysFile = At("heartbeat"),
                    Id = "relay",
                    Generation = _generation,
                    TurnUrls = ["turn:127.0.0.1:3478"],
                },
            },
            NullLoggerFactory.Instance,
            cancellation: TestContext.Current.CancellationToken);
        await TestWait.UntilAsync(() => _app.Services.GetRequiredService<RelayRegistry>().View().Ready > 0);
    }

    /// <summary>Waits until a request was answered.</summary>
    public Task AskedAsync() => TestWait.UntilAsync(() => !_asked.IsEmpty);

    public async ValueTask DisposeAsync()
    {
        if (_relay is not null) await _relay.DisposeAsync();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private (string Chain, string Key) Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=causeway", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        return (Write("chain.pem", made.ExportCertificatePem() + "\n"), Write("key.pem", key.ExportPkcs8PrivateKeyPem() + "\n"));
    }

    private string Write(string name, string content)
    {
        File.WriteAllText(At(name), content);
        return At(name);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);
}

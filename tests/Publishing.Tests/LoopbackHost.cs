using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Causeway.Blueprint;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Settings;

namespace Causeway.Publishing.Tests;

/// <summary>
/// A host of a plan, in a folder and on loopback addresses: archives, settings and secrets are written as the boot script writes them.
/// </summary>
internal sealed class LoopbackHost : IAsyncDisposable
{
    private static readonly Dictionary<string, string?> Production = new() { ["DOTNET_ENVIRONMENT"] = "Production" };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("causeway-host-");
    private readonly Architecture _architecture;
    private readonly X509Certificate2 _certificate;

    public LoopbackHost(Architecture architecture)
    {
        _architecture = architecture;
        if (architecture == Architecture.Arm64) Emulation.Require();
        Plan = Planner.Plan(StackSettingsReader.Read("test", new Dictionary<string, string>
        {
            ["region"] = "eu-central-1",
            ["domain"] = "call.example.org",
            ["architecture"] = architecture == Architecture.Arm64 ? "arm64" : "x64",
            ["instanceType"] = architecture == Architecture.Arm64 ? "t4g.small" : "t3.small",
            ["dualStack"] = Ipv6Works() ? "true" : "false",
            ["rootSecret"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["rotation"] = "2026-11-22",
            ["expires"] = "2026-12-31",
        }), Project.Published(architecture));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in Plan.Certificate.Names) names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        foreach (var service in (string[])["relay", "signalling"])
        {
            Directory.CreateDirectory(On(HostPaths.Folder(service)));
            foreach (var secret in Plan.Secrets.Where(secret => secret.File?.Services.Contains(service) == true))
                File.WriteAllText(On($"{HostPaths.Folder(service)}/{secret.File!.Name}"), secret.Value!.Reveal());
            File.WriteAllText(On(HostPaths.Chain(service)), _certificate.ExportCertificatePem());
            File.WriteAllText(On(HostPaths.Key(service)), key.ExportPkcs8PrivateKeyPem());
        }
    }

    public Plan Plan { get; }

    /// <summary>Unpacks a service and starts it with its settings, as its unit does.</summary>
    public RunningProgram Start(string service, string settings, IEnumerable<string> arguments)
    {
        var program = On($"/opt/causeway/{service}");
        Directory.CreateDirectory(program);
        var artifact = Plan.Buckets[0].Artifacts.Single(artifact => artifact.Service == service);
        using (var archive = new GZipStream(File.OpenRead(artifact.Path!), CompressionMode.Decompress))
            TarFile.ExtractToDirectory(archive, program, overwriteFiles: false);
        File.WriteAllText(On(HostPaths.Settings(service)), Filled(settings));

        arguments = ["--settings", On(HostPaths.Settings(service)), .. arguments];
        program = Path.Combine(program, $"causeway-{service}");
        return _architecture == Architecture.Arm64
            ? Emulation.Start(program, arguments)
            : RunningProgram.Start(program, arguments, Production, patience: TimeSpan.FromMinutes(3));
    }

    /// <summary>Replaces what the boot script reads from the metadata; files are in this host's folder.</summary>
    public string Filled(string text) => text
        .Replace(HostVariables.RelayPrivateIpv4, "127.0.0.1", StringComparison.Ordinal)
        .Replace(HostVariables.RelayPublicIpv4, "127.0.0.1", StringComparison.Ordinal)
        .Replace(HostVariables.RelayIpv6, "::1", StringComparison.Ordinal)
        .Replace(HostVariables.SignallingPrivateIpv4, "127.0.0.2", StringComparison.Ordinal)
        .Replace(HostVariables.SignallingIpv6, "::1", StringComparison.Ordinal)
        .Replace(HostVariables.VpcIpv6, "2001:db8::/56", StringComparison.Ordinal)
        .Replace("\"/etc/", $"\"{On("/etc/")}", StringComparison.Ordinal);

    /// <summary>A client that trusts this host's certificate, and no other.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler
    {
        SslOptions = new()
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) =>
                shown?.GetRawCertData().AsSpan().SequenceEqual(_certificate.RawData) == true,
        },
    })
    { Timeout = TimeSpan.FromMinutes(5) };

    public ValueTask DisposeAsync()
    {
        _certificate.Dispose();
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private string On(string path) => _folder.FullName + path;

    private static bool Ipv6Works()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

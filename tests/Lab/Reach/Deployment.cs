using System.Security.Cryptography;
using Causeway.Blueprint;
using Causeway.Blueprint.Services;
using Causeway.Lab.Machine;
using Causeway.Lab.Network;
using Causeway.Signalling;

namespace Causeway.Lab.Reach;

/// <summary>The product on one cloud instance with two elastic addresses, one for signalling and one for the relay.</summary>
internal sealed class Deployment
{
    private const string SignallingName = "call." + Names.Domain;
    private const string RelayName = "relay." + Names.Domain;

    private readonly Uri _page;

    private Deployment(Uri page) => _page = page;

    /// <summary>The address of a room.</summary>
    public Uri Room(string room) => new(_page, $"r/{room}");

    /// <summary>Starts the services and waits until they answer.</summary>
    public static async Task<Deployment> StartAsync(Testbed testbed, Step step)
    {
        var instance = testbed.Instance("instance", addresses: 2);
        testbed.Names.Add(SignallingName, instance.PublicIPv4[0], instance.IPv6[0]);
        testbed.Names.Add(RelayName, instance.PublicIPv4[1], instance.IPv6[1]);
        var (chain, key) = testbed.Authority.Issue(Names.Domain, $"*.{Names.Domain}");
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

        TransportPort[] transports = [new(Transport.Udp, 3478), new(Transport.Tcp, 3478), new(Transport.Tls, 443)];
        var ice = IcePlan.For(RelayName, transports);
        var settings = Path.Combine(testbed.Scratch, "settings.json");
        await File.WriteAllTextAsync(settings, SettingsJson.Render(null, new SignallingOptions
        {
            Listen = [$"https://{instance.PrivateIPv4[0]}:443", $"https://[{instance.IPv6[0]}]:443"],
            CertificateFile = chain,
            CertificateKeyFile = key,
            Ice = new() { StunUrls = ice.StunUrls, TurnUrls = step == Step.Relay ? ice.TurnUrls : [], Secrets = [secret] },
        }));
        var relay = instance.Host.Start("turnserver",
        [
            "-n", "--no-cli", "--log-file=stdout", "--simple-log", $"--pidfile={testbed.Scratch}/coturn.pid", "--use-auth-secret", $"--static-auth-secret={secret}", "--realm=causeway",
            $"--listening-ip={instance.PrivateIPv4[1]}", $"--listening-ip={instance.IPv6[1]}", $"--relay-ip={instance.PrivateIPv4[1]}", $"--relay-ip={instance.IPv6[1]}",
            $"--external-ip={instance.PublicIPv4[1]}/{instance.PrivateIPv4[1]}", "--listening-port=3478", "--tls-listening-port=443", $"--cert={chain}", $"--pkey={key}",
        ]);
        var signalling = instance.Host.Start(Repository.Program("Causeway.Signalling", "causeway-signalling"), ["--settings", settings],
            new Dictionary<string, string?> { ["DOTNET_ENVIRONMENT"] = "Production" });
        await relay.LineWith("Relay ports initialization done", within: TimeSpan.FromSeconds(20));
        await signalling.LineWith("Listening on", within: TimeSpan.FromSeconds(60));
        return new(new Uri($"https://{SignallingName}"));
    }
}

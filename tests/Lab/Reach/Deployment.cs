using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Causeway.Blueprint;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;
using Causeway.Lab.Machine;
using Causeway.Lab.Network;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Lab.Reach;

/// <summary>
/// The product as a stack of one instance has it: names, firewall rules and both services' settings are those of the plan, with addresses
/// put into them as the instance's boot script does. The one difference: the relay takes the documentation addresses, which the lab is made
/// of, for peers.
/// </summary>
internal sealed class Deployment
{
    /// <summary>What the stack offers for the way to its relay.</summary>
    public const string Transports = "udp,tcp,tls";

    private readonly Testbed _testbed;
    private readonly Instance _instance;
    private readonly Plan _plan;

    private Deployment(Testbed testbed)
    {
        _testbed = testbed;
        _plan = Planner.Plan(StackSettingsReader.Read("lab", new Dictionary<string, string>
        {
            ["region"] = "eu-central-1",
            ["domain"] = Names.Domain,
            ["transports"] = Transports,
            ["rootSecret"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["rotation"] = "2026-11-22",
            ["expires"] = "2026-12-31",
        }), Artifact.Unpublished);
        _instance = testbed.Instance("instance", addresses: 2);
        _instance.SecurityGroup(_plan.Rules.Ingress());
        foreach (var name in _plan.Names.GroupBy(record => (record.Name, record.Service)))
            testbed.Names.Add(name.Key.Name, name.Select(
                record => record.Type == "A" ? _instance.PublicIPv4[(int)record.Service] : _instance.IPv6[(int)record.Service]));
    }

    /// <summary>The host that serves the page.</summary>
    public Host Server => _instance.Host;

    /// <summary>The addresses of the page's server: those of its host, and the public one.</summary>
    public IEnumerable<IPAddress> PageAddresses =>
        [_instance.PrivateIPv4[(int)Service.Signalling], _instance.PublicIPv4[(int)Service.Signalling],
            _instance.IPv6[(int)Service.Signalling]];

    /// <summary>The address of a room.</summary>
    public Uri Room(string room) => new(_plan.Address(Address(Service.Signalling).ToString()), $"r/{room}");

    /// <summary>Starts the services and waits until they serve.</summary>
    public static async Task<Deployment> StartAsync(Testbed testbed, Step step)
    {
        var deployment = new Deployment(testbed);
        await deployment.StartAsync(step);
        return deployment;
    }

    private async Task StartAsync(Step step)
    {
        WriteSecrets();
        string[] peers = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"];
        var relay = Start("relay", SettingsJson.Render(_plan.Services.Relay, null),
            [.. peers.SelectMany((prefix, index) => (string[])[$"--{RelayOptions.Section}:allowPeers:{index}", prefix])]);
        var signalling = Start("signalling", step == Step.Relay ? SettingsJson.Render(null, _plan.Services.Signalling)
            : WithoutRelay(SettingsJson.Render(null, _plan.Services.Signalling)), []);
        await relay.LineWith("Started with", within: TimeSpan.FromSeconds(60));
        // From then on it is handed out because it is there, and not because the settings name it.
        if (step == Step.Relay)
            await relay.LineWith("accepts the heartbeats; this generation is admitted: True", within: TimeSpan.FromSeconds(60));
        await signalling.LineWith("Listening on", within: TimeSpan.FromSeconds(60));
        _testbed.Note($"Page: {Room("any-room")}, for whom trusts {_testbed.Authority.CertificateFile} (curl --cacert)");
    }

    // A page that knows no relay: the second step of the guide. The relay's port still answers STUN.
    private static string WithoutRelay(string settings)
    {
        var json = JsonNode.Parse(settings)!;
        json[SignallingOptions.Section]!["ice"]!["turnUrls"] = new JsonArray();
        // Nor does one tell it of itself.
        json[SignallingOptions.Section]!.AsObject().Remove("relays");
        return json.ToJsonString();
    }

    private RunningProgram Start(string service, string settings, IEnumerable<string> arguments)
    {
        var file = OnInstance(HostPaths.Settings(service));
        File.WriteAllText(file, Filled(settings));
        return _instance.Host.Start(Services.Program(service), ["--settings", file, .. arguments],
            new Dictionary<string, string?> { ["DOTNET_ENVIRONMENT"] = "Production" });
    }

    // What the boot script does with addresses from the metadata service; and the instance's files lie in the testbed's own folder.
    private string Filled(string settings) => settings
        .Replace(HostVariables.RelayPrivateIpv4, $"{_instance.PrivateIPv4[(int)Service.Relay]}", StringComparison.Ordinal)
        .Replace(HostVariables.RelayPublicIpv4, $"{Address(Service.Relay)}", StringComparison.Ordinal)
        .Replace(HostVariables.RelayIpv6, $"{_instance.IPv6[(int)Service.Relay]}", StringComparison.Ordinal)
        .Replace(HostVariables.SignallingPrivateIpv4, $"{_instance.PrivateIPv4[(int)Service.Signalling]}", StringComparison.Ordinal)
        .Replace(HostVariables.SignallingIpv6, $"{_instance.IPv6[(int)Service.Signalling]}", StringComparison.Ordinal)
        .Replace(HostVariables.VpcIpv6, _instance.PrefixIPv6, StringComparison.Ordinal)
        .Replace("\"/etc/", $"\"{OnInstance("/etc/")}", StringComparison.Ordinal);

    private void WriteSecrets()
    {
        var names = _plan.Certificate.Names;
        var (chain, key) = _testbed.Authority.Issue(names[0], [.. names.Skip(1)]);
        foreach (var service in (string[])["relay", "signalling"])
        {
            Directory.CreateDirectory(OnInstance(HostPaths.Folder(service)));
            foreach (var secret in _plan.Secrets.Where(secret => secret.File?.Services.Contains(service) == true))
                File.WriteAllText(OnInstance($"{HostPaths.Folder(service)}/{secret.File!.Name}"), secret.Value!.Reveal());
            File.Copy(chain, OnInstance(HostPaths.Chain(service)));
            File.Copy(key, OnInstance(HostPaths.Key(service)));
        }
    }

    private string OnInstance(string path) => $"{_testbed.Scratch}/instance{path}";

    private IPAddress Address(Service service) => _instance.PublicIPv4[(int)service];
}

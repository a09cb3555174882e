using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Causeway.Blueprint;
using Causeway.Blueprint.Network;
using Causeway.Lab.Network;
using Causeway.Tests.Plans;

namespace Causeway.Lab.Boot;

/// <summary>
/// The plan's host, booted: Debian in systemd-nspawn behind an instance's addresses, with a metadata service, S3 and Secrets Manager where
/// it looks for them. What it does from power-on is what the plan gave it as user-data.
/// </summary>
internal sealed class BootedInstance : IAsyncDisposable
{
    private const string Gateway = "169.254.169.254";

    private readonly Testbed _testbed;
    private readonly Instance _instance;
    private readonly List<IAsyncDisposable> _services = [];
    private readonly Dictionary<string, IPAddress> _addresses = [];
    private string _disk = "";
    private int _disks;
    private RunningProgram? _machine;

    private BootedInstance(Testbed testbed, Plan plan)
    {
        _testbed = testbed;
        _instance = testbed.Instance("instance", addresses: 2);
        _instance.SecurityGroup(plan.Rules.Ingress());
        foreach (var name in plan.Names.GroupBy(record => (record.Name, record.Service)))
            testbed.Names.Add(name.Key.Name, name.Select(
                record => record.Type == "A" ? _instance.PublicIPv4[(int)record.Service] : _instance.IPv6[(int)record.Service]));
        NewDisk();
    }

    /// <summary>How long after power-on each line was seen on the console.</summary>
    public Stopwatch SincePowerOn { get; } = new();

    /// <summary>When it was switched on, on the clock that never jumps.</summary>
    public TimeSpan PoweredOn { get; private set; }

    /// <summary>The address that others reach the web page by.</summary>
    public IPAddress PageIPv4 => _instance.PublicIPv4[(int)Service.Signalling];

    /// <summary>The address that others reach the relay by.</summary>
    public IPAddress RelayIPv4 => _instance.PublicIPv4[(int)Service.Relay];

    /// <summary>The console's output.</summary>
    public string Console => _machine!.Output;

    /// <summary>Makes the machine and everything around it, without power.</summary>
    public static async Task<BootedInstance> CreateAsync(Testbed testbed, Plan plan, HostAccount aws)
    {
        var booted = new BootedInstance(testbed, plan);
        var mac = booted._instance.Host.Call(() => NetworkInterface.GetAllNetworkInterfaces().Single(device => device.Name == "eth0")
            .GetPhysicalAddress().GetAddressBytes());
        var hardware = string.Join(':', mac.Select(part => $"{part:x2}"));
        await booted.ServeDhcpAsync(hardware);
        booted.Describe(aws.Metadata, hardware, plan);
        booted._instance.Gateway.Namespace.Ip($"address add {Gateway}/32 dev lan");
        booted._services.Add(await Serving.StartAsync(
            booted._instance.Gateway.Namespace, new(IPAddress.Parse(Gateway), 80), null, aws.Metadata.AnswerAsync));

        var cloud = testbed.Server("aws");
        foreach (var name in aws.Names)
        {
            booted._addresses[name] = testbed.Internet.AnotherAddress(cloud, "eth0");
            testbed.Names.Add(name, booted._addresses[name]);
        }

        var (chain, key) = testbed.Authority.Issue(aws.Names[0], [.. aws.Names.Skip(1)]);
        using var certificate = X509Certificate2.CreateFromPemFile(chain, key);
        booted._services.Add(await Serving.StartAsync(cloud.Namespace, new(IPAddress.Any, 443),
            X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null), aws.Cloud.Server.AnswerAsync));
        booted._services.Add(ServeZone(testbed, aws));
        return booted;
    }

    /// <summary>The instance's id: another disk is another instance.</summary>
    public string InstanceId => $"i-{_disks:x17}";

    /// <summary>Replaces the disk with an empty one, as when a host is rebuilt.</summary>
    public void NewDisk()
    {
        _disk = Directory.CreateDirectory(Path.Combine(_testbed.Scratch, $"disk-{++_disks}")).FullName;
        PrepareDisk();
    }

    /// <summary>Switches it on; the same disk may be booted again.</summary>
    /// <param name="diskMegabytes">How much can be written, to a disk in memory that ends with this boot; null for as much as there is, to
    /// one that stays.</param>
    public void PowerOn(int? diskMegabytes = null)
    {
        SincePowerOn.Restart();
        PoweredOn = Stopwatch.GetElapsedTime(0);
        _machine = _instance.Host.Start("sh", [Path.Combine(AppContext.BaseDirectory, "Boot", "nspawn.sh"), BootImage.Get(), _disk,
            _instance.Host.NamespaceName, $"{diskMegabytes}"]);
    }

    /// <summary>Switches it off in good order, as EC2 stops an instance.</summary>
    public async Task PowerOffAsync()
    {
        Signals.Send(_machine!.Id, Signals.Terminate);
        await _machine.EndAsync(TimeSpan.FromMinutes(1));
        await _machine.DisposeAsync();
        _machine = null;
    }

    /// <summary>Switches it off in the midst of whatever it does.</summary>
    public async Task LosePowerAsync()
    {
        Signals.Send(Init, Signals.Kill);
        await _machine!.EndAsync(TimeSpan.FromMinutes(1));
        await _machine.DisposeAsync();
        _machine = null;
    }

    /// <summary>Runs a command on the machine.</summary>
    public string Run(string command) =>
        ShellCommand.Run("nsenter", ["--target", $"{Init}", "--mount", "--pid", "--net", "--uts", "--ipc", "sh", "-c", command]);

    // systemd-nspawn starts the machine's process 1, which has its own namespaces.
    private int Init =>
        int.Parse(File.ReadAllText($"/proc/{_machine!.Id}/task/{_machine.Id}/children").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Gives the disk in memory another size, as an EBS volume gets one in its life.</summary>
    public void ResizeDisk(int megabytes) =>
        ShellCommand.Run("nsenter",
            ["--target", $"{_machine!.Id}", "--mount", "mount", "-o", $"remount,size={megabytes}m", Path.Combine(_disk, "memory")]);

    /// <summary>Where one of AWS's services answers.</summary>
    /// <param name="name">The name that hosts call it by.</param>
    public IPAddress AddressOf(string name) => _addresses[name];

    /// <summary>From now on nothing gets through between the machine and an address, in silence; disposing ends it.</summary>
    public IDisposable CutOff(IPAddress address)
    {
        var gateway = _instance.Gateway.Namespace;
        gateway.Nft($$"""
            table ip outage {
                chain forwarding {
                    type filter hook forward priority -10;
                    ip daddr {{address}} drop
                }
            }
            """);
        return new Outage(gateway);
    }

    private sealed class Outage(NetworkNamespace gateway) : IDisposable
    {
        public void Dispose() => gateway.Nft("delete table ip outage");
    }

    /// <summary>A file of its disk, as the host wrote it.</summary>
    public string Read(string path) => File.ReadAllText(Path.Combine(_disk, "upper", path.TrimStart('/')));

    /// <summary>Waits for a text on the console and returns the time since power-on.</summary>
    public async Task<TimeSpan> SaysAsync(string text, TimeSpan within)
    {
        await LineAsync(text, within);
        return SincePowerOn.Elapsed;
    }

    /// <summary>Waits for a line with a text in it on the console.</summary>
    public Task<string> LineAsync(string text, TimeSpan within) => _machine!.LineWith(text, within);

    public async ValueTask DisposeAsync()
    {
        if (_machine is { HasEnded: false })
        {
            KeepJournal("instance-journal.log");
            await _machine.DisposeAsync();
        }

        foreach (var service in _services) await service.DisposeAsync();
    }

    /// <summary>Saves the journal of this boot among the test's logs: the console lacks the services' logs.</summary>
    public void KeepJournal(string name)
    {
        try
        {
            File.WriteAllText(Path.Combine(_testbed.Logs, name), Run("journalctl --no-pager --boot --output short-monotonic"));
        }
        catch (InvalidOperationException)
        {
            // It has not come that far, or is on its way down.
        }
    }

    // What the metadata service of this instance knows.
    private void Describe(InstanceMetadata metadata, string mac, Plan plan)
    {
        var region = plan.Settings.Region;
        var name = $"ip-{_instance.PrivateIPv4[0].ToString().Replace('.', '-')}.{region}.compute.internal";
        var device = $"network/interfaces/macs/{mac}";
        metadata.UserData = plan.Hosts[0].CloudInit.Render();
        metadata.Identity = () => JsonSerializer.Serialize(new { instanceId = InstanceId, instanceType = "t3.small", region });
        metadata.Values["instance-id"] = () => InstanceId;
        foreach (var (path, value) in new[]
        {
            ("ami-id", "ami-0123456789abcdef0"),
            ("hostname", name),
            ("instance-type", "t3.small"),
            ("local-hostname", name),
            ("local-ipv4", $"{_instance.PrivateIPv4[0]}"),
            ("mac", mac),
            ("placement/availability-zone", region + "a"),
            ("placement/region", region),
            ($"{device}/device-number", "0"),
            ($"{device}/subnet-ipv4-cidr-block", _instance.Prefix),
            ($"{device}/subnet-ipv6-cidr-blocks", _instance.PrefixIPv6),
            ($"{device}/local-ipv4s", string.Join('\n', _instance.PrivateIPv4)),
            ($"{device}/ipv6s", string.Join('\n', _instance.IPv6)),
            ($"{device}/vpc-ipv6-cidr-blocks", _instance.PrefixIPv6),
            ($"{device}/ipv4-associations/{_instance.PublicIPv4[0]}", $"{_instance.PrivateIPv4[0]}"),
            ($"{device}/ipv4-associations/{_instance.PublicIPv4[1]}", $"{_instance.PrivateIPv4[1]}"),
        }) metadata.Values[path] = () => value;
    }

    // The domain's own name server, with Route 53's records.
    private static DnsServer ServeZone(Testbed testbed, HostAccount aws)
    {
        var host = testbed.Server("name-server");
        var socket = host.Call(() =>
        {
            var both = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
            both.Bind(new IPEndPoint(IPAddress.IPv6Any, 53));
            return both;
        });
        testbed.Names.Delegate(host.Addresses);
        return new(socket, host.IPv4, Names.Domain, aws.Zone.Texts);
    }

    // The same address for as long as the machine lives, and the router.
    private Task<string> ServeDhcpAsync(string hardware) => _instance.Gateway.Start("dnsmasq",
    [
        "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--user=root", "--log-facility=-", "--port=0", "--bind-interfaces",
        "--interface=lan", "--except-interface=lo",
        $"--dhcp-leasefile={Path.Combine(_testbed.Scratch, "leases")}", "--dhcp-authoritative", "--log-dhcp",
        $"--dhcp-range={_instance.PrivateIPv4[0]},static,255.255.255.240,1h", $"--dhcp-host={hardware},{_instance.PrivateIPv4[0]}",
        $"--dhcp-option=option:router,{_instance.GatewayIPv4}", $"--dhcp-option=option:dns-server,{_instance.GatewayIPv4}",
    ]).LineWith("started", within: TimeSpan.FromSeconds(10));

    private void PrepareDisk()
    {
        foreach (var folder in (string[])["upper", "work", "root", "hypervisor"]) Directory.CreateDirectory(Path.Combine(_disk, folder));
        File.WriteAllText(Path.Combine(_disk, "hypervisor", "uuid"), "ec2e1916-9099-7caf-fd21-012345abcdef\n");
        Write("etc/cloud/cloud.cfg.d/99-lab.cfg",
            "datasource_list: [Ec2]\nnetwork: {config: disabled}\nupdates: {network: {when: [boot-new-instance]}}\n");
        // The primary IPv4 address comes by DHCP, as on EC2; the primary IPv6 address is configured here instead of by DHCPv6.
        Write("etc/systemd/network/10-eth0.network", $"""
            [Match]
            Name=eth0
            [Network]
            DHCP=ipv4
            Address={_instance.IPv6[0]}/64
            Gateway={_instance.GatewayIPv6}
            IPv6AcceptRA=no
            [Route]
            Destination={Gateway}/32
            Scope=link

            """);
        Directory.CreateDirectory(Path.Combine(_disk, "upper", "etc/systemd/system/multi-user.target.wants"));
        File.CreateSymbolicLink(Path.Combine(_disk, "upper", "etc/systemd/system/multi-user.target.wants/systemd-networkd.service"),
            "/usr/lib/systemd/system/systemd-networkd.service");
        Directory.CreateDirectory(Path.Combine(_disk, "upper", "etc/systemd/system/network-online.target.wants"));
        File.CreateSymbolicLink(
            Path.Combine(_disk, "upper", "etc/systemd/system/network-online.target.wants/systemd-networkd-wait-online.service"),
                "/usr/lib/systemd/system/systemd-networkd-wait-online.service");
        Write("etc/resolv.conf", $"nameserver {_instance.GatewayIPv4}\n");
        Write("etc/hostname", "instance\n");
        Write("etc/apt/sources.list", "");
        Write("etc/ssl/certs/ca-certificates.crt",
            File.ReadAllText(Path.Combine(BootImage.Get(), "etc/ssl/certs/ca-certificates.crt"))
                + File.ReadAllText(_testbed.Authority.CertificateFile) + "\n");
    }

    private void Write(string path, string content)
    {
        var file = Path.Combine(_disk, "upper", path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}

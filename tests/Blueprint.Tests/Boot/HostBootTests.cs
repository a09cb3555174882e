using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Causeway.Blueprint.Boot;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Tests.Boot.Fakes;
using Causeway.Relay.Settings;
using Causeway.Signalling.Options;
using Causeway.Turn.Fleet;
using Causeway.Turn.Options;
using CliWrap;
using CliWrap.Buffered;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Causeway.Blueprint.Tests.Boot;

/// <summary>The host's scripts run for real, in namespaces of their own, against an AWS that checks every signature.</summary>
public sealed class HostBootTests : IAsyncDisposable
{
    private static readonly (string Key, string Value)[] WithoutDomain = [("domain", ""), ("hostedZone", "")];

    private const string Authority = "http://169.254.169.254/public/directory";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("causeway-boot-");

    private HostAccount _aws = null!;

    public async ValueTask DisposeAsync()
    {
        await _aws.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private string Folder => _folder.FullName;

    private async Task<Plan> PrepareAsync(params (string Key, string Value)[] changes)
    {
        byte[] relay = Program("causeway-relay"), signalling = Program("causeway-signalling");
        var plan = Planner.Plan(StackSettingsReader.Read("dev", Plans.Texts(changes)),
            [new("relay", Convert.ToHexStringLower(SHA256.HashData(relay))),
                new("signalling", Convert.ToHexStringLower(SHA256.HashData(signalling)))]);
        _aws = await HostAccount.StartAsync(plan, artifact => artifact.Service switch
        {
            "relay" => relay,
            "signalling" => signalling,
            _ =>
            null
        });
        const string device = "network/interfaces/macs/02:00:00:00:00:09";
        foreach (var (path, value) in new[]
        {
            ("mac", "02:00:00:00:00:09"),
            ("local-ipv4", "10.77.0.9"),
            // The order of addresses is nobody's promise.
            ($"{device}/local-ipv4s", "10.77.0.4\n10.77.0.9"),
            ($"{device}/ipv4-associations/203.0.113.2", "10.77.0.4"),
            ($"{device}/ipv4-associations/203.0.113.1", "10.77.0.9"),
            ($"{device}/ipv6s", "2001:db8:1:100::b\n2001:db8:1:100::a"),
            ($"{device}/vpc-ipv6-cidr-blocks", "2001:db8:1:100::/56"),
        }) _aws.Metadata.Values[path] = () => value;
        foreach (var file in plan.Hosts[0].CloudInit.Files)
        {
            // The one thing that is not as on a host: where the bucket, Secrets Manager and the authority are.
            var content = file.Content
                .Replace(plan.Settings.AcmeDirectory.AbsoluteUri, Authority, StringComparison.Ordinal)
                .Replace($"https://{plan.Buckets[0].Name}.s3.eu-central-1.amazonaws.com", $"http://169.254.169.254/{plan.Buckets[0].Name}",
                    StringComparison.Ordinal)
                .Replace("https://secretsmanager.eu-central-1.amazonaws.com", "http://169.254.169.254", StringComparison.Ordinal)
                .Replace("https://s3.eu-central-1.amazonaws.com/amazon-ssm-eu-central-1/latest", "http://169.254.169.254/public",
                    StringComparison.Ordinal)
                .Replace("https://keyserver.ubuntu.com", "http://169.254.169.254/public", StringComparison.Ordinal);
            File.SetUnixFileMode(Write($"user-data{file.Path}", Encoding.UTF8.GetBytes(content)),
                (UnixFileMode)Convert.ToInt32(file.Mode, 8));
        }
        return plan;
    }

    private static byte[] Program(string name)
    {
        using var archive = new MemoryStream();
        using (var gzip = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip, TarEntryFormat.Ustar))
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = new MemoryStream("#!/bin/sh\n"u8.ToArray()),
                Mode = (UnixFileMode)0b111_101_101
            });
        return archive.ToArray();
    }

    private string Write(string path, byte[] content)
    {
        var full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
        return full;
    }

    // Puts a certificate where an earlier host would have kept it; returns its thumbprint.
    private string KeepCertificate(Plan plan)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = Certificate(plan, key);
        _aws.Keep(plan.Certificate.Secret!, JsonSerializer.Serialize(
            new { directory = Authority, chain = made.ExportCertificatePem() + "\n", key = key.ExportPkcs8PrivateKeyPem() + "\n" }));
        return made.Thumbprint;
    }

    private static X509Certificate2 Certificate(Plan plan, ECDsa key)
    {
        var request = new CertificateRequest("CN=made by a test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in plan.Certificate.Names) names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(60));
    }

    private async Task<BufferedCommandResult> Boot(string command, string? path = null)
    {
        var obstacle = HostRoot.Obstacle("ip", "python3", "curl", "systemd-sysusers", "openssl", "gpg");
        Assert.SkipUnless(obstacle is null, obstacle ?? "");
        using var network = NetworkNamespace.New();
        network.Ip("address add 169.254.169.254/32 dev lo");
        await using var serving = await Serving.StartAsync(network, new(IPAddress.Parse("169.254.169.254"), 80), null, AnswerAsync);
        var script = Checkout.At("tests/Blueprint.Tests/Boot/host_in_namespaces.sh");
        // Scripts try again for ever; a test does not.
        return await BoundedCommand.RunAsync(
            Cli.Wrap("nsenter")
                .WithArguments([$"--net=/run/netns/{network.Name}", "unshare", "--mount", "--pid", "--fork", "--kill-child", "bash",
                    script, Folder, command])
                .WithEnvironmentVariables(environment => environment.Set("PATH", path ?? Environment.GetEnvironmentVariable("PATH"))),
            TimeSpan.FromMinutes(5));
    }

    // Beside the account's services the files that anybody may fetch.
    private async Task AnswerAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/public", StringComparison.Ordinal))
        {
            await _aws.Cloud.Server.AnswerAsync(context);
            return;
        }
        var file = Path.Combine(Folder, context.Request.Path.Value!.TrimStart('/'));
        if (File.Exists(file)) await context.Response.Body.WriteAsync(await File.ReadAllBytesAsync(file));
        else context.Response.StatusCode = 404;
    }

    private const string Host = """
        bootstrap=/usr/local/lib/causeway/bootstrap
        $bootstrap files
        systemd-sysusers /etc/sysusers.d/causeway.conf
        systemd-tmpfiles --create /etc/tmpfiles.d/causeway.conf
        /usr/local/lib/causeway/host
        """;

    private string Kept =>
        $"\ncp -a /etc/causeway {Folder}/etc; cp -a /opt/causeway {Folder}/opt; find /etc/causeway /opt/causeway -printf '%p %m %g\\n' > "
        + $"{Folder}/modes; ip -o address show dev eth0 > {Folder}/addresses\n";

    private T Read<T>(string service, string section) where T : class, new()
    {
        // As the services read it, but for the folder that the test keeps the host's files in.
        var text = File.ReadAllText($"{Folder}/etc/{service}/settings.json")
            .Replace("/etc/causeway/", $"{Folder}/etc/", StringComparison.Ordinal);
        var mistakes = new List<string>();
        var options = SettingsReader.Read<T>(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(text)))
            .Build(), section, mistakes);
        Assert.Empty(mistakes);
        return options;
    }

    [Fact]
    public async Task A_new_host_has_settings_and_secrets_that_both_services_take()
    {
        var plan = await PrepareAsync();
        KeepCertificate(plan);
        var result = await Boot(Host + "\n/usr/local/lib/causeway/certificate" + Kept);
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);

        var relay = Read<RelayOptions>("relay", RelayOptions.Section);
        Assert.Empty(RelayOptionsValidator.Validate(relay));
        Assert.Equal([("10.77.0.9", "203.0.113.1"), ("2001:db8:1:100::a", null)],
            relay.Addresses.Select(address => (address.Address, address.Public)));
        Assert.Equal(["10.77.0.9", "2001:db8:1:100::a"], relay.Listeners.Select(listener => listener.Address).Distinct());
        Assert.Equal(["10.77.0.0/24", "2001:db8:1:100::/56"], relay.DenyPeers);

        var signalling = Read<SignallingOptions>("signalling", SignallingOptions.Section);
        Assert.Equal(["https://10.77.0.4:443", "https://[2001:db8:1:100::b]:443"], signalling.Listen);
        Assert.Equal(plan.Services.Ice.TurnUrls, signalling.Ice.TurnUrls);

        // The relay checks with what signalling signs with: the same lines, the current one first.
        Assert.Equal(plan.TurnSecret.Reveal(), File.ReadLines(relay.SecretsFile!).First());
        Assert.Equal(File.ReadAllText(relay.SecretsFile!), File.ReadAllText(signalling.Ice.SecretsFile!));

        // And so with heartbeats; the gate's key is signalling's alone.
        var mistakes = new List<string>();
        Assert.Equal(FleetKeys.Load("", relay.Heartbeat.KeysFile!, mistakes),
            FleetKeys.Load("", signalling.Relays.HeartbeatKeysFile!, mistakes));
        Assert.Equal([plan.AdmissionKey.Reveal()], FleetKeys.Load("", signalling.Relays.AdmissionKeysFile!, mistakes));
        Assert.Empty(mistakes);
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(relay.SecretsFile!)!,
            Path.GetFileName(signalling.Relays.AdmissionKeysFile!))));
    }

    [Fact]
    public async Task Files_of_a_service_are_readable_by_it_alone_and_programs_by_all()
    {
        await PrepareAsync();
        var result = await Boot(Host + Kept);
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);

        var modes = File.ReadLines($"{Folder}/modes").Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => $"{parts[1]} {parts[2]}");
        foreach (var service in new[] { "relay", "signalling" })
        {
            Assert.Equal($"750 causeway-{service}", modes[$"/etc/causeway/{service}"]);
            Assert.Equal($"640 causeway-{service}", modes[$"/etc/causeway/{service}/settings.json"]);
            Assert.Equal($"640 causeway-{service}", modes[$"/etc/causeway/{service}/turn-secrets"]);
            Assert.Equal($"640 causeway-{service}", modes[$"/etc/causeway/{service}/heartbeat-keys"]);
            Assert.Equal("755 root", modes[$"/opt/causeway/{service}/causeway-{service}"]);
            Assert.Equal("755 root", modes[$"/opt/causeway/{service}"]);
        }
        Assert.Equal("755 root", modes["/etc/causeway"]);
        Assert.Equal("755 root", modes["/opt/causeway"]);
        Assert.Equal("600 root", modes["/etc/causeway/host.env"]);
    }

    [Fact]
    public async Task Both_services_addresses_stand_on_the_interface()
    {
        await PrepareAsync();
        var result = await Boot(Host + Kept);
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        var addresses = File.ReadAllText($"{Folder}/addresses");
        foreach (var address in new[] { " 10.77.0.9/24 ", " 10.77.0.4/32 ", " 2001:db8:1:100::a/128 ", " 2001:db8:1:100::b/128 " })
            Assert.Contains(address, addresses, StringComparison.Ordinal);
    }

    // networkd takes the primary address from a file, as cloud-init or the image leave one; no udev says here when interfaces are ready,
    // which a read-only /sys tells it.
    private const string Networkd = """
        mount -t tmpfs run /run
        mount -t sysfs -o ro sysfs /sys
        ip address flush dev eth0 scope global
        mkdir -p /run/dbus /run/systemd/network
        printf '[Match]\nName=eth0\n[Network]\nAddress=10.77.0.9/24\nAddress=2001:db8:1:100::a/64\nIPv6AcceptRA=no\n' \
          > /run/systemd/network/10-netplan-eth0.network
        dbus-daemon --system --nofork --nopidfile 2> /dev/null &
        # configured COUNT: once networkd has taken the interface on so many times, and is done with it.
        configured() { within 120 is_configured "$1" || { cat /run/networkd.log >&2; exit 9; }; }
        is_configured() {
          [ "$(grep -c 'eth0: Configuring' /run/networkd.log)" = "$1" ] &&
            networkctl --json=short status eth0 | grep -q '"AdministrativeState":"configured"'
        }
        networkd() { /usr/lib/systemd/systemd-networkd 2>> /run/networkd.log & networkd=$!; }
        networkd
        configured 1

        """;

    [Fact]
    public async Task What_networkd_does_to_the_interface_leaves_both_services_their_addresses()
    {
        await PrepareAsync();
        var obstacle = HostRoot.Obstacle("dbus-daemon", "networkctl");
        Assert.SkipUnless(obstacle is null, obstacle ?? "");
        var result = await Boot(Networkd + Host + $$"""

            before=$(ip -o address show dev eth0 scope global | awk '{ print $4 }' | sort)
            kill $networkd; wait $networkd || true
            networkd
            configured 2
            # As at every start of the host, which finds its own addresses there now.
            /usr/local/lib/causeway/host
            networkctl reconfigure eth0
            configured 3
            after=$(ip -o address show dev eth0 scope global | awk '{ print $4 }' | sort)
            kill $networkd
            echo "before: "$before
            echo "after: "$after
            """);

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        const string all = "10.77.0.4/32 10.77.0.9/24 2001:db8:1:100::a/64 2001:db8:1:100::b/128\n";
        Assert.Contains("before: " + all, result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("after: " + all, result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_python_of_a_version_manager_that_fails_changes_nothing()
    {
        // As such a script does where the folder that it was started in has vanished below a mount.
        await PrepareAsync();
        var shim = Write("shims/python3", "#!/bin/bash\necho 'shell-init: error retrieving current directory' >&2\nexit 1\n"u8.ToArray());
        File.SetUnixFileMode(shim, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var result = await Boot("test \"$PWD\" = / && /usr/local/lib/causeway/bootstrap files",
            $"{Path.GetDirectoryName(shim)}:{Environment.GetEnvironmentVariable("PATH")}");
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
    }

    [Fact]
    public async Task What_is_waited_for_in_vain_is_said_after_its_time()
    {
        await PrepareAsync();
        var result = await Boot("within 1 answers http://127.0.0.1:9/ || exit 9");
        Assert.Equal(9, result.ExitCode);
        Assert.StartsWith("gave up after 1 s: answers http://127.0.0.1:9/\ncurl: (7)", result.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_start_changes_nothing()
    {
        await PrepareAsync();
        var result = await Boot(Host + Kept + $"\nmv {Folder}/etc {Folder}/before\n/usr/local/lib/causeway/host" + Kept
            + $"\nrm -rf {Folder}/opt/causeway; diff -r {Folder}/before {Folder}/etc");
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
    }

    private const string Apt =
        "apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold";

    [Theory]
    [InlineData("bash coreutils", "")]
    [InlineData("bash no-such-package",
        $"dpkg --configure -a --force-confdef --force-confold\n{Apt} update\n{Apt} install -y --fix-broken --no-install-recommends bash "
            + "no-such-package\n")]
    public async Task Packages_are_asked_for_only_when_one_is_missing_and_after_what_was_interrupted(string packages, string asked)
    {
        await PrepareAsync();

        var result = await Boot($$"""
            export PATH=/usr/local/bin:$PATH
            mkdir -p /usr/local/bin
            printf '#!/bin/sh\necho "${0##*/} $*" >> {{Folder}}/apt\n' | tee /usr/local/bin/apt-get > /usr/local/bin/dpkg
            chmod 755 /usr/local/bin/*
            touch {{Folder}}/apt
            echo "PACKAGES='{{packages}}'" >> /etc/causeway/host.env
            /usr/local/lib/causeway/bootstrap packages
            """);

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Equal(asked, await File.ReadAllTextAsync(Path.Combine(Folder, "apt"), TestContext.Current.CancellationToken));
    }

    // bootstrap from its beginning to its end, with the programs that would reach beyond this root stood in for: each writes down how it
    // was called, and apt-get does what the test says.
    private async Task<(string Console, IReadOnlyList<string> Called)> BootstrapWith(string aptGet, string before = "")
    {
        await PrepareAsync();
        var result = await Boot($$"""
            export PATH=/usr/local/bin:$PATH called={{Folder}}/called
            mkdir -p /usr/local/bin
            for name in apt-get dpkg sysctl systemctl; do printf '#!/bin/bash\necho "%s $*" >> $called\n' $name > /usr/local/bin/$name; done
            cat >> /usr/local/bin/apt-get <<'APT'
            {{aptGet}}
            APT
            chmod 755 /usr/local/bin/*
            echo "PACKAGES='no-such-package'" >> /etc/causeway/host.env
            {{before}}
            /usr/local/lib/causeway/bootstrap
            test -e /etc/causeway/bootstrapped
            """);
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        return (result.StandardOutput, File.ReadAllLines($"{Folder}/called"));
    }

    private const string StartsHost = "systemctl enable --now --no-block causeway-host.service";
    private static readonly string StartsAll =
        $"systemctl enable --now --no-block "
        + $"{string.Join(' ', Units.All.Where(unit => unit.Sections[^1].Name == "Install").Select(unit => unit.Name))}";

    [Fact]
    public async Task What_a_new_host_fetches_does_not_wait_for_packages()
    {
        // The installation ends only after the host is being prepared.
        var (_, called) =
            await BootstrapWith($"[[ $* != *install* ]] || within 60 grep -qxF '{StartsHost}' $called; echo 'apt-get is done' >> $called");
        Assert.True(called.Index().Last(line => line.Item == "apt-get is done").Index > called.Index()
            .Single(line => line.Item == StartsHost).Index, string.Join('\n', called));
        Assert.Equal(StartsAll, called[^1]);
    }

    [Fact]
    public async Task Where_there_is_nothing_to_fetch_with_packages_come_first()
    {
        var (_, called) = await BootstrapWith("echo 'apt-get is done' >> $called", "rm -f /etc/ssl/certs/ca-certificates.crt");
        Assert.Contains("apt-get is done", called.TakeWhile(line => line != StartsHost));
        Assert.Equal(StartsAll, called[^1]);
    }

    [Fact]
    public async Task Packages_that_fail_while_others_go_on_are_said_line_by_line_and_tried_again()
    {
        // A line in two parts, with the rest of the boot in between.
        var (console, called) = await BootstrapWith($$"""
            [[ $* == *install* && ! -e /var/lib/failed ]] || exit 0
            printf 'Reading package '
            within 60 grep -qxF '{{StartsHost}}' $called
            touch /var/lib/failed
            printf 'lists...\nE: no such package\n'
            exit 1
            """);
        var lines = console.Split('\n');
        Assert.Contains("Reading package lists...", lines);
        Assert.Contains("causeway: FAILED: cannot install no-such-package: E: no such package", lines);
        Assert.Contains("causeway: step 'packages' of bootstrap failed; retrying in 2 s", lines);
        Assert.Single(called, StartsHost);
        Assert.Equal(StartsAll, called[^1]);
    }

    // An archive of two packages, for the machine's own apt and dpkg with a database of their own; what the first one does when it is
    // configured is the test's.
    private static string Archive(string first) => $$"""
        umount /var/lib/dpkg
        mount -t tmpfs cache /var/cache
        mount -t tmpfs log /var/log
        mount -t tmpfs scratch /tmp
        mkdir -p /var/lib/dpkg/{info,updates,triggers,parts} /var/lib/apt /var/cache/apt/archives /var/log/apt /tmp/archive
        : > /var/lib/dpkg/status
        rm -rf /etc/apt/sources.list* /etc/apt/preferences* /etc/apt/apt.conf*
        mkdir -p /etc/apt/{apt.conf.d,preferences.d,sources.list.d}
        for name in first second; do
          mkdir -p /tmp/$name/DEBIAN /tmp/$name/opt/$name
          printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: none\n' $name > /tmp/$name/DEBIAN/control
          echo $name > /tmp/$name/opt/$name/file
        done
        cat > /tmp/first/DEBIAN/postinst <<'POSTINST'
        #!/bin/bash
        {{first}}
        POSTINST
        chmod 755 /tmp/first/DEBIAN/postinst
        for name in first second; do
          dpkg-deb --build /tmp/$name /tmp/archive/$name.deb > /dev/null
          cat /tmp/$name/DEBIAN/control
          printf 'Filename: ./%s.deb\nSize: %s\nSHA256: %s\n\n' $name $(stat -c %s /tmp/archive/$name.deb) \
            $(sha256sum < /tmp/archive/$name.deb | cut -d ' ' -f 1)
        done > /tmp/archive/Packages
        # released WHEN: dates the archive.
        released() {
          printf 'Date: %s\nSHA256:\n %s %s Packages\n' "$(LC_ALL=C date -u -d "$1" '+%a, %d %b %Y %H:%M:%S UTC')" \
            $(sha256sum < /tmp/archive/Packages | cut -d ' ' -f 1) $(stat -c %s /tmp/archive/Packages) > /tmp/archive/Release
        }
        released '1 hour ago'
        /usr/bin/python3 -m http.server --bind 127.0.0.1 --directory /tmp/archive 8080 > /tmp/archive.log 2>&1 &
        within 60 answers http://127.0.0.1:8080/ || { cat /tmp/archive.log >&2; exit 9; }
        echo 'deb [trusted=yes] http://127.0.0.1:8080 ./' > /etc/apt/sources.list
        echo 'Acquire::Languages "none"; Acquire::Retries "0";' > /etc/apt/apt.conf.d/test
        echo "PACKAGES='first second'" >> /etc/causeway/host.env

        """;

    private async Task<BufferedCommandResult> BootFromArchive(string command, string first = "true")
    {
        await PrepareAsync();
        var obstacle = HostRoot.Obstacle("apt-get", "dpkg-deb");
        Assert.SkipUnless(obstacle is null, obstacle ?? "");
        return await Boot(Archive(first) + command);
    }

    [Fact]
    public async Task An_installation_that_a_power_failure_interrupted_is_finished()
    {
        // dpkg ends as when the power fails: in the midst of it.
        var result = await BootFromArchive("""
            /usr/local/lib/causeway/bootstrap packages && exit 9
            dpkg-query --show --showformat '${Package} ${db:Status-Status}\n'
            echo again
            /usr/local/lib/causeway/bootstrap packages
            cat /opt/*/file
            dpkg --audit
            """, first: "[ -e /tmp/once ] || { touch /tmp/once; kill -KILL $PPID; }");

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains("causeway: FAILED: cannot install first second: E: Sub-process", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("first half-configured\n", result.StandardOutput, StringComparison.Ordinal);
        Assert.EndsWith("first\nsecond\n", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_and_packages_that_a_power_failure_cut_short_are_fetched_again()
    {
        var result = await BootFromArchive("""
            apt-get -q update
            # The times stay: who asks whether there is something newer is told that there is not.
            for list in /var/lib/apt/lists/*_*; do
              time=$(stat -c %Y "$list"); head -c 50 /dev/zero > "$list"; touch -d "@$time" "$list"
            done
            head -c "$(stat -c %s /tmp/archive/first.deb)" /dev/zero > /var/cache/apt/archives/first_1_all.deb
            for attempt in 1 2 3; do ! /usr/local/lib/causeway/bootstrap packages || break; done
            cat /opt/*/file
            """);

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.EndsWith("first\nsecond\n", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_packages_cannot_be_had_is_said_in_one_line()
    {
        var result = await BootFromArchive("""
            released 'next hour'
            /usr/local/lib/causeway/bootstrap packages && exit 9
            released '1 hour ago'
            mv /tmp/archive/Packages /tmp
            /usr/local/lib/causeway/bootstrap packages && exit 9
            echo 'deb [trusted=yes] http://127.0.0.1:9 ./' > /etc/apt/sources.list
            /usr/local/lib/causeway/bootstrap packages && exit 9 || true
            """);

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Equal(
            [
                "cannot fetch the package lists: E: Release file for http://127.0.0.1:8080/./Release is not valid yet",
                "cannot fetch the package lists: E: Failed to fetch http://127.0.0.1:8080/./Packages",
                "cannot install first second: W: Failed to fetch http://127.0.0.1:9/./InRelease",
            ],
            result.StandardOutput.Split('\n').Where(line => line.StartsWith("causeway: FAILED: ", StringComparison.Ordinal))
                .Select(line => line["causeway: FAILED: ".Length..].Split([" (", "  "], StringSplitOptions.None)[0]));
    }

    [Fact]
    public async Task A_program_that_a_power_failure_cut_short_is_fetched_again()
    {
        await PrepareAsync();
        var result = await Boot(Host
            + "\n: > /opt/causeway/relay/causeway-relay\ntouch -d @0 /opt/causeway/signalling\n/usr/local/lib/causeway/host" + Kept +
            $"\nstat -c %Y /opt/causeway/signalling > {Folder}/untouched");
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Equal("#!/bin/sh\n", File.ReadAllText($"{Folder}/opt/relay/causeway-relay"));
        Assert.Equal("0\n", File.ReadAllText($"{Folder}/untouched"));
    }

    [Fact]
    public async Task A_program_with_another_hash_is_refused_and_said()
    {
        var plan = await PrepareAsync();
        _aws.Bucket.Put(plan.Buckets[0].Artifacts[0].Key, Program("something-else"));
        var result =
            await Boot("/usr/local/lib/causeway/bootstrap files; /usr/local/lib/causeway/host relay_program && exit 9 || test ! -e "
            + "/opt/causeway/relay");

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains($"FAILED: {plan.Buckets[0].Artifacts[0].Key} does not have the hash {plan.Buckets[0].Artifacts[0].Sha256}",
            result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_fails_says_so_and_is_tried_again_until_it_succeeds()
    {
        var plan = await PrepareAsync();
        // The secret appears only after the first failure was said.
        var later = Path.Combine(Folder, "later");
        _aws.Injected.Before = call => call.Name == "GetSecretValue" && !File.Exists(later)
            ? throw new AwsRefusedException(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
            : Task.CompletedTask;
        var result = await Boot($$"""
            /usr/local/lib/causeway/bootstrap files
            systemd-sysusers /etc/sysusers.d/causeway.conf; systemd-tmpfiles --create /etc/tmpfiles.d/causeway.conf
            /usr/local/lib/causeway/host | while read -r line; do
              echo "$line"
              case $line in *'retrying in'*) touch {{later}} ;; esac
            done
            """);

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains($"causeway: FAILED: cannot read secret {plan.Secrets[0].Name}", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("causeway: step 'secret_files' of host failed; retrying in 2 s", result.StandardOutput, StringComparison.Ordinal);
        Assert.EndsWith("causeway: host prepared\n", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_fails_holds_no_other_up()
    {
        await PrepareAsync();
        var later = Path.Combine(Folder, "later");
        _aws.Metadata.Hides = path => !path.StartsWith("iam/", StringComparison.Ordinal) && !File.Exists(later);
        // The metadata that settings are made of comes only after everything else is there.
        var result = await Boot($$"""
            /usr/local/lib/causeway/bootstrap files
            systemd-sysusers /etc/sysusers.d/causeway.conf; systemd-tmpfiles --create /etc/tmpfiles.d/causeway.conf
            there() {
              [ -e /opt/causeway/relay/.whole ] && [ -e /opt/causeway/signalling/.whole ] && [ -e /etc/causeway/relay/turn-secrets ]
            }
            export -f there
            { within 60 there && touch {{later}}; } &
            /usr/local/lib/causeway/host
            wait $!
            """);

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains("causeway: FAILED: the metadata service did not return mac: curl: (22)", result.StandardOutput,
            StringComparison.Ordinal);
        Assert.Contains("causeway: step 'settings' of host failed; retrying in 2 s", result.StandardOutput, StringComparison.Ordinal);
        Assert.EndsWith("causeway: host prepared\n", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lane_that_ends_before_its_steps_are_done_fails_the_whole()
    {
        await PrepareAsync();
        // As when something kills one of them; the others are waited for all the same.
        var result = await Boot("""
            cat > /usr/local/lib/causeway/lanes <<'SCRIPT'
            #!/bin/bash
            . /usr/local/lib/causeway/lib.sh
            one() { kill -KILL $PPID; }
            two() { say 'two is done'; }
            if [ $# = 0 ]; then
              side_by_side one two
              say 'not here'
            else
              "$1"
            fi
            SCRIPT
            chmod 755 /usr/local/lib/causeway/lanes
            /usr/local/lib/causeway/lanes && exit 9 || true
            """);
        Assert.Contains("causeway: two is done\n", result.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("not here", result.StandardOutput, StringComparison.Ordinal);
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
    }

    [Fact]
    public async Task A_table_that_cannot_be_loaded_says_why_and_is_tried_again_until_it_can()
    {
        await PrepareAsync();
        Assert.SkipUnless(File.Exists("/usr/sbin/nft"), "nftables is not installed on this machine");
        // The users that it names come only after the first failure was said.
        var result = await Boot("""
            /usr/local/lib/causeway/bootstrap files
            sed -i '/causeway/d' /etc/passwd
            /usr/local/lib/causeway/firewall | while read -r line; do
              echo "$line"
              case $line in *'retrying in'*) systemd-sysusers /etc/sysusers.d/causeway.conf ;; esac
            done
            nft list table inet causeway
            """);

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains("causeway: FAILED: cannot load the table that blocks the metadata service: /etc/causeway/firewall.nft:",
            result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("causeway: step 'table' of firewall failed; retrying in 2 s", result.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("ip daddr 169.254.169.254 counter packets 0 bytes 0 drop", result.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_domain_the_page_has_a_self_made_certificate_and_says_so()
    {
        await PrepareAsync(WithoutDomain);
        var result = await Boot(Host + "\n/usr/local/lib/causeway/certificate" + Kept);

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains("using a self-signed certificate, which browsers warn about", result.StandardOutput, StringComparison.Ordinal);
        var signalling = Read<SignallingOptions>("signalling", SignallingOptions.Section);
        using var certificate = X509Certificate2.CreateFromPemFile(signalling.CertificateFile!, signalling.CertificateKeyFile!);
        Assert.True(certificate.HasPrivateKey);
        Assert.False(File.Exists($"{Folder}/etc/relay/chain.pem"));
        Assert.Equal("stun:203.0.113.1:3478", signalling.Ice.StunUrls[0]);
    }

    [Fact]
    public async Task A_kept_certificate_is_given_to_both_services_and_none_is_issued()
    {
        var plan = await PrepareAsync();
        var thumbprint = KeepCertificate(plan);
        var result = await Boot(Host + "\n/usr/local/lib/causeway/certificate" + Kept);
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.DoesNotContain("asking", result.StandardOutput, StringComparison.Ordinal);
        foreach (var service in new[] { "relay", "signalling" })
        {
            using var given = X509Certificate2.CreateFromPemFile($"{Folder}/etc/{service}/chain.pem", $"{Folder}/etc/{service}/key.pem");
            Assert.Equal(thumbprint, given.Thumbprint);
        }
    }

    [Fact]
    public async Task An_issued_certificate_is_kept_so_that_another_host_issues_none()
    {
        var plan = await PrepareAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = Certificate(plan, key);
        Write("issued.crt", Encoding.ASCII.GetBytes(made.ExportCertificatePem() + "\n"));
        Write("issued.key", Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        Write("public/directory", "{}"u8.ToArray());
        // An authority that is counted: its client's place is taken by a script that leaves the same files.
        var result = await Boot(Host + $$"""

            cat > /usr/local/lib/causeway/acme <<'ACME'
            #!/bin/bash
            printf '%s\n' "$*" >> {{Folder}}/asked
            cp {{Folder}}/issued.crt {{Folder}}/issued.key "$3"
            ACME
            /usr/local/lib/causeway/certificate
            rm /etc/causeway/*/chain.pem
            /usr/local/lib/causeway/certificate
            """ + Kept);

        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        var asked = Assert.Single(File.ReadAllLines($"{Folder}/asked"));
        Assert.StartsWith($"{Authority} {plan.Settings.AcmeEmail} ", asked, StringComparison.Ordinal);
        Assert.EndsWith(" call.example.org *.call.example.org", asked, StringComparison.Ordinal);
        Assert.Equal(made.ExportCertificatePem() + "\n", JsonDocument.Parse(_aws.Secret(plan.Certificate.Secret!)!).RootElement.GetProperty(
            "chain").GetString());
    }

    // A key, a package that it signed, and who may have changed the package since. dpkg's place is taken by a script that writes down what
    // it is given.
    private async Task<BufferedCommandResult> BootWithAgent(string trusted, string afterwards)
    {
        await PrepareAsync(("access", "ssm"), ("ssmAgentKeyFingerprint", Plans.SsmKey));
        return await Boot($$"""
            export GNUPGHOME={{Folder}}/gnupg; mkdir -m 700 $GNUPGHOME
            gpg --batch --quiet --passphrase '' --quick-generate-key signer@example.org rsa2048 sign 1d
            key=$(gpg --list-keys --with-colons | awk -F: '$1 == "fpr" { print $10; exit }')
            public={{Folder}}/public; mkdir -p $public/debian_amd64 $public/pks
            gpg --armor --export "$key" > $public/pks/lookup
            echo agent > $public/debian_amd64/amazon-ssm-agent.deb
            gpg --batch --detach-sign -o $public/debian_amd64/amazon-ssm-agent.deb.sig $public/debian_amd64/amazon-ssm-agent.deb
            {{afterwards}}
            sed -i "s/SSM_KEY_FINGERPRINT='.*'/SSM_KEY_FINGERPRINT='{{trusted}}'/" /etc/causeway/host.env
            mkdir -p /usr/local/bin
            printf '#!/bin/sh\n[ "$1" = --install ] || { echo amd64; exit; }\ncp "$2" {{Folder}}/installed\n' > /usr/local/bin/dpkg
            chmod 755 /usr/local/bin/dpkg
            PATH=/usr/local/bin:$PATH /usr/local/lib/causeway/bootstrap access || true
            """);
    }

    [Fact]
    public async Task The_agent_is_installed_with_the_signature_of_the_key_in_the_settings()
    {
        var result = await BootWithAgent("$key", "");
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Equal("causeway: the Session Manager agent is installed\n", result.StandardOutput);
        Assert.Equal("agent\n", File.ReadAllText($"{Folder}/installed"));
    }

    [Theory]
    [InlineData("$key", "echo other > $public/debian_amd64/amazon-ssm-agent.deb")]
    [InlineData(Plans.SsmKey, "")]
    public async Task An_agent_without_that_signature_is_not_installed_and_said(string trusted, string afterwards)
    {
        var result = await BootWithAgent(trusted, afterwards);
        Assert.Contains("FAILED: the agent has no valid signature by", result.StandardOutput, StringComparison.Ordinal);
        Assert.False(File.Exists($"{Folder}/installed"));
    }
}

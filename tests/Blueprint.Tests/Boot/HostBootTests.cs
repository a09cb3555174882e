using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Boot;
using Causeway.Blueprint.Storage;
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

/// <summary>Runs the host's scripts in namespaces, against an AWS account that checks every signature.</summary>
public sealed partial class HostBootTests : IAsyncDisposable
{
    private const string Metadata = "http://169.254.169.254";

    // Everyone may fetch what is below this URL; the files are in the test's folder.
    private const string Public = $"{Metadata}/public";

    private const string Authority = $"{Public}/directory";

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
        Artifact[] artifacts = [new("relay", Hash(relay)), new("signalling", Hash(signalling))];
        var plan = Planner.Plan(Plans.Settings(changes), artifacts);
        _aws = await HostAccount.StartAsync(plan, artifact => artifact.Service switch
        {
            "relay" => relay,
            "signalling" => signalling,
            _ => null,
        });

        const string device = "network/interfaces/macs/02:00:00:00:00:09";
        SetMetadata("mac", "02:00:00:00:00:09");
        SetMetadata("local-ipv4", "10.77.0.9");
        // AWS doesn't promise an order of addresses.
        SetMetadata($"{device}/local-ipv4s", "10.77.0.4\n10.77.0.9");
        SetMetadata($"{device}/ipv4-associations/203.0.113.2", "10.77.0.4");
        SetMetadata($"{device}/ipv4-associations/203.0.113.1", "10.77.0.9");
        SetMetadata($"{device}/ipv6s", "2001:db8:1:100::b\n2001:db8:1:100::a");
        SetMetadata($"{device}/vpc-ipv6-cidr-blocks", "2001:db8:1:100::/56");

        // The only difference from a real host: the test answers for these services.
        (string Url, string Here)[] services =
        [
            (plan.Settings.AcmeDirectory.AbsoluteUri, Authority),
            ($"https://{plan.Buckets[0].Name}.s3.eu-central-1.amazonaws.com", $"{Metadata}/{plan.Buckets[0].Name}"),
            ("https://secretsmanager.eu-central-1.amazonaws.com", Metadata),
            ("https://s3.eu-central-1.amazonaws.com/amazon-ssm-eu-central-1/latest", Public),
            ("https://keyserver.ubuntu.com", Public),
        ];
        foreach (var file in plan.Hosts[0].CloudInit.Files)
        {
            var content = services.Aggregate(
                file.Content, (text, service) => text.Replace(service.Url, service.Here, StringComparison.Ordinal));
            var path = Write($"user-data{file.Path}", Encoding.UTF8.GetBytes(content));
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(file.Mode, 8));
        }
        return plan;
    }

    private void SetMetadata(string path, string value) => _aws.Metadata.Values[path] = () => value;

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

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

    // Keeps a certificate as an earlier host did; returns its thumbprint.
    private string KeepCertificate(Plan plan)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = Certificate(plan, key);
        var kept = new { directory = Authority, chain = made.ExportCertificatePem() + "\n", key = key.ExportPkcs8PrivateKeyPem() + "\n" };
        _aws.Keep(plan.Certificate.Secret!, JsonSerializer.Serialize(kept));
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

    // Returns the console of a command that must succeed.
    private async Task<string> BootAsync(string command, string? path = null)
    {
        var result = await RunAsync(command, path);
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        return result.StandardOutput;
    }

    private async Task<BufferedCommandResult> RunAsync(string command, string? path = null)
    {
        SkipUnless("ip", "python3", "curl", "systemd-sysusers", "openssl", "gpg");
        using var network = NetworkNamespace.New();
        network.Ip("address add 169.254.169.254/32 dev lo");
        await using var serving = await Serving.StartAsync(network, new(IPAddress.Parse("169.254.169.254"), 80), null, AnswerAsync);
        var script = Checkout.At("tests/Blueprint.Tests/Boot/host_in_namespaces.sh");
        string[] unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child"];
        var run = Cli.Wrap("nsenter")
            .WithArguments([$"--net=/run/netns/{network.Name}", .. unshare, "bash", script, Folder, command])
            .WithEnvironmentVariables(environment => environment.Set("PATH", path ?? Environment.GetEnvironmentVariable("PATH")));
        // Scripts retry forever.
        return await BoundedCommand.RunAsync(run, TimeSpan.FromMinutes(5));
    }

    private static void SkipUnless(params string[] programs)
    {
        if (HostRoot.Obstacle(programs) is { } obstacle) Assert.Skip(obstacle);
    }

    // The account's services, and the public files.
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

    private const string Files = """
        /usr/local/lib/causeway/bootstrap files
        systemd-sysusers /etc/sysusers.d/causeway.conf
        systemd-tmpfiles --create /etc/tmpfiles.d/causeway.conf

        """;

    private const string Host = $"{Files}/usr/local/lib/causeway/host\n";

    private const string HostAndCertificate = $"{Host}/usr/local/lib/causeway/certificate\n";

    // Copies what the tests look at to the test's folder.
    private string Kept => $"""
        cp -a /etc/causeway {Folder}/etc
        cp -a /opt/causeway {Folder}/opt
        find /etc/causeway /opt/causeway -printf '%p %m %g\n' > {Folder}/modes
        ip -o address show dev eth0 > {Folder}/addresses

        """;

    private T Read<T>(string service, string section) where T : class, new()
    {
        // As the services read it, except for the folder.
        var text = File.ReadAllText($"{Folder}/etc/{service}/settings.json")
            .Replace("/etc/causeway/", $"{Folder}/etc/", StringComparison.Ordinal);
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(text))).Build();
        List<string> mistakes = [];
        var options = SettingsReader.Read<T>(configuration, section, mistakes);
        Assert.Empty(mistakes);
        return options;
    }

    [Fact]
    public async Task A_new_host_has_settings_and_secrets_that_both_services_take()
    {
        var plan = await PrepareAsync();
        KeepCertificate(plan);
        await BootAsync(HostAndCertificate + Kept);

        var relay = Read<RelayOptions>("relay", RelayOptions.Section);
        Assert.Empty(RelayOptionsValidator.Validate(relay));
        Assert.Equal(
            [("10.77.0.9", "203.0.113.1"), ("2001:db8:1:100::a", null)],
            relay.Addresses.Select(address => (address.Address, address.Public)));
        Assert.Equal(["10.77.0.9", "2001:db8:1:100::a"], relay.Listeners.Select(listener => listener.Address).Distinct());
        Assert.Equal(["10.77.0.0/24", "2001:db8:1:100::/56"], relay.DenyPeers);

        var signalling = Read<SignallingOptions>("signalling", SignallingOptions.Section);
        Assert.Equal(["https://10.77.0.4:443", "https://[2001:db8:1:100::b]:443"], signalling.Listen);
        Assert.Equal(plan.Services.Ice.TurnUrls, signalling.Ice.TurnUrls);

        // Both have the same TURN secrets, the current one first.
        Assert.Equal(plan.TurnSecret.Reveal(), File.ReadLines(relay.SecretsFile!).First());
        Assert.Equal(File.ReadAllText(relay.SecretsFile!), File.ReadAllText(signalling.Ice.SecretsFile!));

        // Both have the heartbeat keys; only signalling has the gate's key.
        List<string> mistakes = [];
        IReadOnlyList<string> Keys(string? file) => FleetKeys.Load("", file!, mistakes);
        Assert.Equal(Keys(relay.Heartbeat.KeysFile), Keys(signalling.Relays.HeartbeatKeysFile));
        Assert.Equal([plan.AdmissionKey.Reveal()], Keys(signalling.Relays.AdmissionKeysFile));
        Assert.Empty(mistakes);
        Assert.False(File.Exists($"{Folder}/etc/relay/{Path.GetFileName(signalling.Relays.AdmissionKeysFile)}"));
    }

    [Fact]
    public async Task Only_a_service_reads_its_files_and_everyone_its_program()
    {
        await PrepareAsync();
        await BootAsync(Host + Kept);

        var modes = File.ReadLines($"{Folder}/modes")
            .Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0], parts => $"{parts[1]} {parts[2]}");
        foreach (var service in new[] { "relay", "signalling" })
        {
            Assert.Equal($"750 causeway-{service}", modes[$"/etc/causeway/{service}"]);
            foreach (var file in new[] { "settings.json", "turn-secrets", "heartbeat-keys" })
                Assert.Equal($"640 causeway-{service}", modes[$"/etc/causeway/{service}/{file}"]);
            Assert.Equal("755 root", modes[$"/opt/causeway/{service}/causeway-{service}"]);
            Assert.Equal("755 root", modes[$"/opt/causeway/{service}"]);
        }
        Assert.Equal("755 root", modes["/etc/causeway"]);
        Assert.Equal("755 root", modes["/opt/causeway"]);
        Assert.Equal("600 root", modes["/etc/causeway/host.env"]);
    }

    [Fact]
    public async Task The_interface_has_the_addresses_of_both_services()
    {
        await PrepareAsync();
        await BootAsync(Host + Kept);
        var addresses = File.ReadAllText($"{Folder}/addresses");
        foreach (var address in new[] { " 10.77.0.9/24 ", " 10.77.0.4/32 ", " 2001:db8:1:100::a/128 ", " 2001:db8:1:100::b/128 " })
            Assert.Contains(address, addresses, StringComparison.Ordinal);
    }

    // networkd reads the primary address from a file, as one of cloud-init or the image. A read-only /sys tells it not to wait for udev.
    private const string Networkd = """
        mount -t tmpfs run /run
        mount -t sysfs -o ro sysfs /sys
        ip address flush dev eth0 scope global
        mkdir -p /run/dbus /run/systemd/network
        printf '[Match]\nName=eth0\n[Network]\nAddress=10.77.0.9/24\nAddress=2001:db8:1:100::a/64\nIPv6AcceptRA=no\n' \
          > /run/systemd/network/10-netplan-eth0.network
        dbus-daemon --system --nofork --nopidfile 2> /dev/null &
        # configured COUNT: waits until networkd has configured the interface for the COUNTth time.
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
    public async Task The_addresses_survive_networkd()
    {
        await PrepareAsync();
        SkipUnless("dbus-daemon", "networkctl");
        var console = await BootAsync(Networkd + Host + $$"""
            before=$(ip -o address show dev eth0 scope global | awk '{ print $4 }' | sort)
            kill $networkd; wait $networkd || true
            networkd
            configured 2
            # As at every start; its own addresses are there now.
            /usr/local/lib/causeway/host
            networkctl reconfigure eth0
            configured 3
            after=$(ip -o address show dev eth0 scope global | awk '{ print $4 }' | sort)
            kill $networkd
            echo "before: "$before
            echo "after: "$after
            """);

        const string all = "10.77.0.4/32 10.77.0.9/24 2001:db8:1:100::a/64 2001:db8:1:100::b/128\n";
        Assert.Contains("before: " + all, console, StringComparison.Ordinal);
        Assert.Contains("after: " + all, console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_python_of_a_version_manager_is_not_used()
    {
        // Such a script fails if a mount hides its working directory.
        await PrepareAsync();
        var shim = Write("shims/python3", "#!/bin/bash\necho 'shell-init: error retrieving current directory' >&2\nexit 1\n"u8.ToArray());
        File.SetUnixFileMode(shim, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await BootAsync(
            "test \"$PWD\" = / && /usr/local/lib/causeway/bootstrap files",
            $"{Path.GetDirectoryName(shim)}:{Environment.GetEnvironmentVariable("PATH")}");
    }

    [Fact]
    public async Task A_wait_that_times_out_says_what_it_waited_for()
    {
        await PrepareAsync();
        var result = await RunAsync("within 1 answers http://127.0.0.1:9/ || exit 9");
        Assert.Equal(9, result.ExitCode);
        Assert.StartsWith("gave up after 1 s: answers http://127.0.0.1:9/\ncurl: (7)", result.StandardError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_start_changes_nothing()
    {
        await PrepareAsync();
        await BootAsync($"""
            {Host}{Kept}
            mv {Folder}/etc {Folder}/before
            /usr/local/lib/causeway/host
            {Kept}
            rm -rf {Folder}/opt/causeway
            diff -r {Folder}/before {Folder}/etc
            """);
    }

    private const string Apt =
        "apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold";

    [Theory]
    [InlineData("bash coreutils", "")]
    [InlineData("bash no-such-package",
        "dpkg --configure -a --force-confdef --force-confold\n"
        + $"{Apt} update\n"
        + $"{Apt} install -y --fix-broken --no-install-recommends bash no-such-package\n")]
    public async Task Packages_are_installed_only_if_one_is_missing_and_after_interrupted_ones(string packages, string calls)
    {
        await PrepareAsync();

        await BootAsync($$"""
            export PATH=/usr/local/bin:$PATH
            mkdir -p /usr/local/bin
            printf '#!/bin/sh\necho "${0##*/} $*" >> {{Folder}}/apt\n' | tee /usr/local/bin/apt-get > /usr/local/bin/dpkg
            chmod 755 /usr/local/bin/*
            touch {{Folder}}/apt
            echo "PACKAGES='{{packages}}'" >> /etc/causeway/host.env
            /usr/local/lib/causeway/bootstrap packages
            """);

        Assert.Equal(calls, File.ReadAllText($"{Folder}/apt"));
    }

    // Runs all of bootstrap. Programs that would reach beyond this root only record their calls; apt-get also does what the test says.
    private async Task<(string Console, IReadOnlyList<string> Calls)> BootstrapWith(string aptGet, string before = "")
    {
        await PrepareAsync();
        var console = await BootAsync($$"""
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
        return (console, File.ReadAllLines($"{Folder}/called"));
    }

    private const string StartsHost = "systemctl enable --now --no-block causeway-host.service";
    private static readonly string StartsAll =
        "systemctl enable --now --no-block "
        + string.Join(' ', Units.All.Where(unit => unit.Sections[^1].Name == "Install").Select(unit => unit.Name));

    private const string AptIsDone = "apt-get is done";

    [Fact]
    public async Task A_host_fetches_its_files_while_packages_are_installed()
    {
        // The installation ends only after the host's own unit was started.
        var (_, calls) = await BootstrapWith(
            $"[[ $* != *install* ]] || within 60 grep -qxF '{StartsHost}' $called; echo '{AptIsDone}' >> $called");
        Assert.Contains(AptIsDone, calls.SkipWhile(call => call != StartsHost));
        Assert.Equal(StartsAll, calls[^1]);
    }

    [Fact]
    public async Task Packages_come_first_if_a_host_cannot_fetch_without_them()
    {
        var (_, calls) = await BootstrapWith($"echo '{AptIsDone}' >> $called", "rm -f /etc/ssl/certs/ca-certificates.crt");
        Assert.Contains(AptIsDone, calls.TakeWhile(call => call != StartsHost));
        Assert.Equal(StartsAll, calls[^1]);
    }

    [Fact]
    public async Task Packages_that_fail_in_the_background_are_logged_in_whole_lines_and_retried()
    {
        // apt-get writes a line in two parts, with the rest of the boot in between.
        var (console, calls) = await BootstrapWith($$"""
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
        Assert.Single(calls, StartsHost);
        Assert.Equal(StartsAll, calls[^1]);
    }

    // An archive of two packages, for this machine's apt and dpkg with their own database. The test chooses the first one's postinst.
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

    private async Task<string> BootFromArchive(string command, string first = "true")
    {
        await PrepareAsync();
        SkipUnless("apt-get", "dpkg-deb");
        return await BootAsync(Archive(first) + command);
    }

    [Fact]
    public async Task An_installation_that_a_power_failure_interrupted_is_finished()
    {
        // dpkg is killed, as by a power failure.
        var console = await BootFromArchive("""
            /usr/local/lib/causeway/bootstrap packages && exit 9
            dpkg-query --show --showformat '${Package} ${db:Status-Status}\n'
            echo again
            /usr/local/lib/causeway/bootstrap packages
            cat /opt/*/file
            dpkg --audit
            """, first: "[ -e /tmp/once ] || { touch /tmp/once; kill -KILL $PPID; }");

        Assert.Contains("causeway: FAILED: cannot install first second: E: Sub-process", console, StringComparison.Ordinal);
        Assert.Contains("first half-configured\n", console, StringComparison.Ordinal);
        Assert.EndsWith("first\nsecond\n", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_and_packages_that_a_power_failure_truncated_are_fetched_again()
    {
        var console = await BootFromArchive("""
            apt-get -q update
            # The times stay, so the server has nothing newer.
            for list in /var/lib/apt/lists/*_*; do
              time=$(stat -c %Y "$list"); head -c 50 /dev/zero > "$list"; touch -d "@$time" "$list"
            done
            head -c "$(stat -c %s /tmp/archive/first.deb)" /dev/zero > /var/cache/apt/archives/first_1_all.deb
            for attempt in 1 2 3; do ! /usr/local/lib/causeway/bootstrap packages || break; done
            cat /opt/*/file
            """);
        Assert.EndsWith("first\nsecond\n", console, StringComparison.Ordinal);
    }

    [GeneratedRegex("^causeway: FAILED: (?<reason>.*?)(?: \\(|  |$)", RegexOptions.Multiline)]
    private static partial Regex FailureLine();

    [Fact]
    public async Task One_line_says_why_packages_cannot_be_installed()
    {
        var console = await BootFromArchive("""
            released 'next hour'
            /usr/local/lib/causeway/bootstrap packages && exit 9
            released '1 hour ago'
            mv /tmp/archive/Packages /tmp
            /usr/local/lib/causeway/bootstrap packages && exit 9
            echo 'deb [trusted=yes] http://127.0.0.1:9 ./' > /etc/apt/sources.list
            /usr/local/lib/causeway/bootstrap packages && exit 9 || true
            """);
        Assert.Equal(
            [
                "cannot fetch the package lists: E: Release file for http://127.0.0.1:8080/./Release is not valid yet",
                "cannot fetch the package lists: E: Failed to fetch http://127.0.0.1:8080/./Packages",
                "cannot install first second: W: Failed to fetch http://127.0.0.1:9/./InRelease",
            ],
            FailureLine().Matches(console).Select(line => line.Groups["reason"].Value));
    }

    [Fact]
    public async Task A_program_that_a_power_failure_truncated_is_fetched_again()
    {
        await PrepareAsync();
        await BootAsync($"""
            {Host}
            : > /opt/causeway/relay/causeway-relay
            touch -d @0 /opt/causeway/signalling
            /usr/local/lib/causeway/host
            {Kept}
            stat -c %Y /opt/causeway/signalling > {Folder}/untouched
            """);
        Assert.Equal("#!/bin/sh\n", File.ReadAllText($"{Folder}/opt/relay/causeway-relay"));
        Assert.Equal("0\n", File.ReadAllText($"{Folder}/untouched"));
    }

    [Fact]
    public async Task A_program_with_another_hash_is_refused()
    {
        var plan = await PrepareAsync();
        var artifact = plan.Buckets[0].Artifacts[0];
        _aws.Bucket.Put(artifact.Key, Program("something-else"));
        var console = await BootAsync("""
            /usr/local/lib/causeway/bootstrap files
            /usr/local/lib/causeway/host relay_program && exit 9 || true
            test ! -e /opt/causeway/relay
            """);
        Assert.Contains($"FAILED: {artifact.Key} does not have the hash {artifact.Sha256}", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_fails_says_so_and_is_retried_until_it_succeeds()
    {
        var plan = await PrepareAsync();
        // The secret appears after the first failure.
        var later = Path.Combine(Folder, "later");
        _aws.Injected.Before = call => call.Name == "GetSecretValue" && !File.Exists(later)
            ? throw new AwsRefusedException(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
            : Task.CompletedTask;
        var console = await BootAsync($$"""
            {{Files}}
            /usr/local/lib/causeway/host | while read -r line; do
              echo "$line"
              case $line in *'retrying in'*) touch {{later}} ;; esac
            done
            """);

        Assert.Contains($"causeway: FAILED: cannot read secret {plan.Secrets[0].Name}", console, StringComparison.Ordinal);
        Assert.Contains("causeway: step 'secret_files' of host failed; retrying in 2 s", console, StringComparison.Ordinal);
        Assert.EndsWith("causeway: host prepared\n", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_fails_delays_no_other()
    {
        await PrepareAsync();
        var later = Path.Combine(Folder, "later");
        _aws.Metadata.Hides = path => !path.StartsWith("iam/", StringComparison.Ordinal) && !File.Exists(later);
        // The settings' metadata appears after everything else.
        var console = await BootAsync($$"""
            {{Files}}
            there() {
              [ -e /opt/causeway/relay/.whole ] && [ -e /opt/causeway/signalling/.whole ] && [ -e /etc/causeway/relay/turn-secrets ]
            }
            export -f there
            { within 60 there && touch {{later}}; } &
            /usr/local/lib/causeway/host
            wait $!
            """);

        Assert.Contains("causeway: FAILED: the metadata service did not return mac: curl: (22)", console, StringComparison.Ordinal);
        Assert.Contains("causeway: step 'settings' of host failed; retrying in 2 s", console, StringComparison.Ordinal);
        Assert.EndsWith("causeway: host prepared\n", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lane_that_is_killed_fails_the_script()
    {
        await PrepareAsync();
        // The script still waits for the other lane.
        var console = await BootAsync("""
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
        Assert.Contains("causeway: two is done\n", console, StringComparison.Ordinal);
        Assert.DoesNotContain("not here", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_cannot_be_loaded_says_why_and_is_retried()
    {
        await PrepareAsync();
        Assert.SkipUnless(File.Exists("/usr/sbin/nft"), "nftables is not installed");
        // Its users appear after the first failure.
        var console = await BootAsync("""
            /usr/local/lib/causeway/bootstrap files
            sed -i '/causeway/d' /etc/passwd
            /usr/local/lib/causeway/firewall | while read -r line; do
              echo "$line"
              case $line in *'retrying in'*) systemd-sysusers /etc/sysusers.d/causeway.conf ;; esac
            done
            nft list table inet causeway
            """);

        Assert.Contains(
            "causeway: FAILED: cannot load the table that blocks the metadata service: /etc/causeway/firewall.nft:",
            console,
            StringComparison.Ordinal);
        Assert.Contains("causeway: step 'table' of firewall failed; retrying in 2 s", console, StringComparison.Ordinal);
        Assert.Contains("ip daddr 169.254.169.254 counter packets 0 bytes 0 drop", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_domain_the_page_has_a_self_signed_certificate_and_the_console_says_so()
    {
        await PrepareAsync(("domain", ""), ("hostedZone", ""));
        var console = await BootAsync(HostAndCertificate + Kept);

        Assert.Contains("using a self-signed certificate, which browsers warn about", console, StringComparison.Ordinal);
        var signalling = Read<SignallingOptions>("signalling", SignallingOptions.Section);
        using var certificate = X509Certificate2.CreateFromPemFile(signalling.CertificateFile!, signalling.CertificateKeyFile!);
        Assert.True(certificate.HasPrivateKey);
        Assert.False(File.Exists($"{Folder}/etc/relay/chain.pem"));
        Assert.Equal("stun:203.0.113.1:3478", signalling.Ice.StunUrls[0]);
    }

    [Fact]
    public async Task Both_services_get_a_kept_certificate_and_none_is_requested()
    {
        var plan = await PrepareAsync();
        var thumbprint = KeepCertificate(plan);
        var console = await BootAsync(HostAndCertificate + Kept);
        Assert.DoesNotContain("requesting", console, StringComparison.Ordinal);
        foreach (var service in new[] { "relay", "signalling" })
        {
            using var given = X509Certificate2.CreateFromPemFile($"{Folder}/etc/{service}/chain.pem", $"{Folder}/etc/{service}/key.pem");
            Assert.Equal(thumbprint, given.Thumbprint);
        }
    }

    [Fact]
    public async Task An_issued_certificate_is_kept_for_the_next_host()
    {
        var plan = await PrepareAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = Certificate(plan, key);
        Write("issued.crt", Encoding.ASCII.GetBytes(made.ExportCertificatePem() + "\n"));
        Write("issued.key", Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        Write("public/directory", "{}"u8.ToArray());
        // The authority's client is replaced by a script that records its calls and leaves the same files.
        await BootAsync($$"""
            {{Host}}
            cat > /usr/local/lib/causeway/acme <<'ACME'
            #!/bin/bash
            printf '%s\n' "$*" >> {{Folder}}/asked
            cp {{Folder}}/issued.crt {{Folder}}/issued.key "$3"
            ACME
            /usr/local/lib/causeway/certificate
            rm /etc/causeway/*/chain.pem
            /usr/local/lib/causeway/certificate
            {{Kept}}
            """);

        var asked = Assert.Single(File.ReadAllLines($"{Folder}/asked"));
        Assert.StartsWith($"{Authority} {plan.Settings.AcmeEmail} ", asked, StringComparison.Ordinal);
        Assert.EndsWith(" call.example.org *.call.example.org", asked, StringComparison.Ordinal);
        using var kept = JsonDocument.Parse(_aws.Secret(plan.Certificate.Secret!)!);
        Assert.Equal(made.ExportCertificatePem() + "\n", kept.RootElement.GetProperty("chain").GetString());
    }

    // Signs a package with a new key, runs what the test says, and installs it with a dpkg that only copies the package.
    private async Task<string> BootWithAgent(string trusted, string afterwards)
    {
        await PrepareAsync(("access", "ssm"), ("ssmAgentKeyFingerprint", Plans.SsmKey));
        return await BootAsync($$"""
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
    public async Task An_agent_with_a_signature_by_the_key_in_the_settings_is_installed()
    {
        var console = await BootWithAgent("$key", "");
        Assert.Equal("causeway: the Session Manager agent is installed\n", console);
        Assert.Equal("agent\n", File.ReadAllText($"{Folder}/installed"));
    }

    [Theory]
    [InlineData("$key", "echo other > $public/debian_amd64/amazon-ssm-agent.deb")]
    [InlineData(Plans.SsmKey, "")]
    public async Task An_agent_without_that_signature_is_refused(string trusted, string afterwards)
    {
        var console = await BootWithAgent(trusted, afterwards);
        Assert.Contains("FAILED: the agent has no valid signature by", console, StringComparison.Ordinal);
        Assert.False(File.Exists($"{Folder}/installed"));
    }
}

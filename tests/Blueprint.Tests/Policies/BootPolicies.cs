using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Boot;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests.Policies;

public partial class BootPolicies
{
    private static IEnumerable<HostFile> AllFiles(Plan plan) => plan.Hosts.SelectMany(host => host.CloudInit.Files.Concat(host.Files));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy("CKV_AWS_46")]
    public void User_data_holds_no_secret(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.All(plan.Hosts, host => HoldsNoSecret(plan, host.CloudInit.Render()));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Files_that_hosts_fetch_hold_no_secret(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.All(plan.Hosts.SelectMany(host => host.Files), file => HoldsNoSecret(plan, file.Content));
    }

    private static void HoldsNoSecret(Plan plan, string text)
    {
        Assert.DoesNotContain(Convert.ToBase64String(plan.Settings.RootSecret.Bytes), text, StringComparison.Ordinal);
        foreach (var secret in plan.Secrets)
        {
            foreach (var line in secret.Value?.Reveal().Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
                Assert.DoesNotContain(line, text, StringComparison.Ordinal);
        }
        Assert.DoesNotContain("PRIVATE KEY", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("(AKIA|ASIA)[A-Z0-9]{16}", text);
        Assert.All(Words().Matches(text), word => Assert.False(LooksRandom(word.Value), $"{word.Value} looks like a secret"));
    }

    [Fact]
    public void The_search_for_random_words_finds_a_real_secret()
    {
        var plan = Plans.Of();
        Assert.True(LooksRandom(plan.TurnSecret.Reveal()));
        Assert.True(LooksRandom(Convert.ToBase64String([.. Enumerable.Range(0, 24).Select(number => (byte)(number * 37 % 251))])));
        Assert.False(LooksRandom(plan.Buckets[0].Artifacts[2].Sha256));
        Assert.False(LooksRandom("/var/lib/causeway/lego/certificates"));
    }

    // Words of 20 characters or more whose characters are as varied as base64 of random bytes. Hexadecimal hashes have 4 bits a character
    // at most.
    private static bool LooksRandom(string word)
    {
        if (word.Length < 20) return false;
        var bits = word.GroupBy(letter => letter).Sum(same =>
            -(same.Count() / (double)word.Length) * Math.Log2(same.Count() / (double)word.Length));
        return bits > 4.2 && word.Any(char.IsAsciiDigit) && word.Any(char.IsAsciiLetterUpper) && word.Any(char.IsAsciiLetterLower);
    }

    [GeneratedRegex(@"[A-Za-z0-9+=_-]{20,}")]
    private static partial Regex Words();

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void User_data_stays_under_16_KB(string spread) =>
        Assert.All(Plans.Named(spread).Hosts, host =>
            Assert.InRange(Encoding.UTF8.GetByteCount(host.CloudInit.Render()), 1, 16 * 1024 - 1));

    // What the stack's other resources are made from, and no host.
    private static readonly string[] HostsDoNotSee = ["stage", "expires", "tags", "alarmEmail", "drainSeconds"];

    // There is one value for it only.
    private static readonly string[] CannotChange = ["topology"];

    /// <summary>Every setting but those: one that is added is asked about here before anybody thinks of it.</summary>
    public static TheoryData<string> ChangesOfWhatRuns =>
        [.. SettingKey.All.Select(key => key.Name).Except([.. HostsDoNotSee, .. CannotChange])];

    public static TheoryData<string> ChangesOfOtherThings => [.. HostsDoNotSee];

    [Theory, MemberData(nameof(ChangesOfWhatRuns)), Policy]
    public void A_setting_that_changes_hosts_makes_a_new_generation(string key) =>
        IsANewGeneration(Plans.Of(Plans.Changes[key].Before), Plans.Of(Plans.Changes[key].After));

    internal static void IsANewGeneration(Plan before, Plan after)
    {
        Assert.NotEqual(before.Generation, after.Generation);
        Assert.NotEqual(before.Hosts[0].Name, after.Hosts[0].Name);
    }

    [Theory, MemberData(nameof(ChangesOfOtherThings)), Policy]
    public void A_setting_that_hosts_do_not_see_keeps_the_generation(string key) =>
        IsTheSameGeneration(Plans.Of(Plans.Changes[key].Before), Plans.Of(Plans.Changes[key].After));

    internal static void IsTheSameGeneration(Plan before, Plan after)
    {
        Assert.NotEqual(PlanJson.Of(before), PlanJson.Of(after));
        Assert.Equal(before.Generation, after.Generation);
    }

    [Fact, Policy]
    public void Another_build_of_a_service_is_a_new_generation() =>
        IsANewGeneration(Plans.Of(), Planner.Plan(Plans.Settings(), [new("relay", new('c', 64)), new("signalling", new('b', 64))]));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void What_belongs_to_a_generation_has_its_hash_in_its_name(string spread)
    {
        var plan = Plans.Named(spread);
        Assert.Matches("^[0-9a-f]{10}$", plan.Generation);
        Assert.All(plan.Hosts, host => Assert.Contains(plan.Generation, host.Name, StringComparison.Ordinal));
        Assert.All(plan.Addresses, address =>
            Assert.Equal(address.OfGeneration, address.Name.Contains(plan.Generation, StringComparison.Ordinal)));
        Assert.All(plan.Names, record =>
            Assert.Equal(record.OfGeneration, record.Name.Contains(plan.Generation, StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_metadata_service_is_denied_to_the_services_users(string spread)
    {
        var plan = Plans.Named(spread);
        var table = PlanTests.File(plan, HostPaths.Firewall);
        var users = plan.Hosts[0].Units.Select(unit => unit.User).OfType<string>().Distinct().ToList();

        Assert.Equal(2, users.Count);
        foreach (var address in new[] { "ip daddr 169.254.169.254", "ip6 daddr fd00:ec2::254" })
        {
            var line = Assert.Single(table.Split('\n'), line => line.Contains(address, StringComparison.Ordinal));
            Assert.EndsWith("drop", line, StringComparison.Ordinal);
            Assert.All(users, user => Assert.Contains($"\"{user}\"", line, StringComparison.Ordinal));
        }
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Services_do_not_start_without_the_table_that_denies_them_metadata(string spread) =>
        Assert.All(Plans.Named(spread).Hosts[0].Units.Where(unit => unit.User is not null),
            unit => Assert.Contains("causeway-firewall.service", Assert.Single(unit.Values("Unit", "Requires")).Split(' ')));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void A_host_that_is_stopped_during_its_first_boot_continues_at_the_next_one(string spread)
    {
        var cloudInit = Plans.Named(spread).Hosts[0].CloudInit;
        // cloud-init runs commands once in an instance's life: so its one command enables a unit, which runs until it has succeeded.
        Assert.Equal(["systemctl", "enable", "--now", "--no-block", Units.Bootstrap.Name], Assert.Single(cloudInit.Commands));
        Assert.Contains(cloudInit.Files, file => file == Units.Bootstrap.File());
        Assert.Equal("multi-user.target", Assert.Single(Units.Bootstrap.Values("Install", "WantedBy")));
        var mark = Assert.Single(Units.Bootstrap.Values("Unit", "ConditionPathExists")).TrimStart('!');
        var script = cloudInit.Files.Single(file => file.Path == Units.Bootstrap.Values("Service", "ExecStart").Single()).Content;
        Assert.True(
            script.IndexOf($"> {mark}", StringComparison.Ordinal) > script.IndexOf("steps packages files start", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Services_have_no_capability_but_to_bind_low_ports(string spread) =>
        Assert.All(Plans.Named(spread).Hosts[0].Units.Where(unit => unit.User is not null),
            unit => Assert.Equal("CAP_NET_BIND_SERVICE", Assert.Single(unit.Values("Service", "CapabilityBoundingSet"))));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Services_have_a_share_of_the_instances_memory_each_and_leave_the_system_one(string spread)
    {
        // systemd takes a percentage of the memory that the machine has (systemd.resource-control): the limits follow the instance type.
        var services = Plans.Named(spread).Hosts[0].Units.Where(unit => unit.User is not null).ToDictionary(unit => unit.User!);
        int Percent(string user, string key) =>
            int.Parse(Assert.Single(services[user].Values("Service", key)).TrimEnd('%'), CultureInfo.InvariantCulture);

        Assert.All(services.Values, unit => Assert.Matches("^[0-9]+%$", Assert.Single(unit.Values("Service", "MemoryMax"))));
        Assert.InRange(services.Keys.Sum(user => Percent(user, "MemoryMax")), 0, 85);
        Assert.InRange(Percent(HostUsers.Relay, "MemoryMax"), 50, 85);
        // Slowed down before it is ended; the relay never is.
        Assert.InRange(Percent(HostUsers.Signalling, "MemoryHigh"), 1, Percent(HostUsers.Signalling, "MemoryMax") - 1);
        Assert.Empty(services[HostUsers.Relay].Values("Service", "MemoryHigh"));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Only_root_reads_what_settings_are_rendered_from(string spread) =>
        Assert.All(AllFiles(Plans.Named(spread)).Where(file => file.Path.StartsWith("/etc/causeway/", StringComparison.Ordinal)), file =>
            Assert.Equal("0600", file.Mode));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_services_folders_are_closed_to_each_other(string spread)
    {
        var folders = PlanTests.File(Plans.Named(spread), "/etc/tmpfiles.d/causeway.conf");
        Assert.Contains("d /etc/causeway/relay 0750 root causeway-relay\n", folders, StringComparison.Ordinal);
        Assert.Contains("d /etc/causeway/signalling 0750 root causeway-signalling\n", folders, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_hosts_own_connections_take_no_port_that_the_relay_gives_out_and_have_enough(string spread)
    {
        var plan = Plans.Named(spread);
        var values = PlanTests.File(plan, "/etc/sysctl.d/60-causeway.conf").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(" = ")).ToDictionary(line => line[0], line => line[1]);
        var own = values["net.ipv4.ip_local_port_range"].Split(' ').Select(int.Parse).ToArray();
        var reserved = values["net.ipv4.ip_local_reserved_ports"].Split(',').Select(part =>
            part.Split('-').Select(int.Parse).ToArray()).ToList();
        var ports = plan.Settings.Ports;
        bool Reserved(int port) => reserved.Any(range => port >= range[0] && port <= range[^1]);

        Assert.All(
            [ports.Relayed.First, ports.Relayed.Last, .. ports.Transports.Select(offer => offer.Port)],
            port => Assert.True(Reserved(port), $"{port}"));
        Assert.InRange(Enumerable.Range(own[0], own[1] - own[0] + 1).Count(port => !Reserved(port)), 4000, 65536);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Everything_that_is_fetched_is_checked_by_its_hash(string spread)
    {
        var plan = Plans.Named(spread);
        var environment = PlanTests.File(plan, "/etc/causeway/host.env");
        Assert.Equal(3, plan.Buckets[0].Artifacts.Count);
        Assert.All(plan.Buckets[0].Artifacts, artifact =>
            Assert.Contains($"_SHA256='{artifact.Sha256}'\n", environment, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Only_instance_metadata_is_requested_without_TLS(string spread) =>
        Assert.All(UrlForm().Matches(PlanTests.File(Plans.Named(spread), "/etc/causeway/host.env")),
            url =>
                Assert.True(url.Value.StartsWith("https:", StringComparison.Ordinal) || url.Value == "http://169.254.169.254", url.Value));

    [GeneratedRegex("https?://[^']+")]
    private static partial Regex UrlForm();

    [Fact, Policy]
    public void Settings_cannot_break_out_of_the_hosts_environment_file()
    {
        // The settings refuse such a value; the file is safe without that.
        IsQuoted(Planner.Plan(Plans.Settings() with { AcmeEmail = Hostile }, Plans.Artifacts));
        Assert.Throws<SettingsException>(() => Plans.Settings(("acmeEmail", Hostile)));
    }

    private const string Hostile = "a'; touch /tmp/x; '@example.org";

    internal static void IsQuoted(Plan plan) =>
        Assert.Contains(
            @"ACME_EMAIL='a'\''; touch /tmp/x; '\''@example.org'",
            PlanTests.File(plan, "/etc/causeway/host.env"),
            StringComparison.Ordinal);
}

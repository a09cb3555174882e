using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Boot;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests.Policies;

public partial class BootPolicies
{
    private static IEnumerable<Unit> Services(Plan plan) => plan.Hosts[0].Units.Where(unit => unit.User is not null);

    [Theory, EveryPlan, Policy("CKV_AWS_46")]
    public void User_data_holds_no_secret(Plan plan) => Assert.All(plan.Hosts, host => HoldsNoSecret(plan, host.CloudInit.Render()));

    [Theory, EveryPlan, Policy]
    public void Files_that_hosts_fetch_hold_no_secret(Plan plan) =>
        Assert.All(plan.Hosts.SelectMany(host => host.Files), file => HoldsNoSecret(plan, file.Content));

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

    // At least 20 characters, as varied as random bytes in base64. A hexadecimal hash has at most 4 bits a character.
    private static bool LooksRandom(string word)
    {
        if (word.Length < 20) return false;
        var shares = word.CountBy(letter => letter).Select(letter => letter.Value / (double)word.Length);
        var bits = shares.Sum(share => -share * Math.Log2(share));
        return bits > 4.2 && word.Any(char.IsAsciiDigit) && word.Any(char.IsAsciiLetterUpper) && word.Any(char.IsAsciiLetterLower);
    }

    [GeneratedRegex(@"[A-Za-z0-9+=_-]{20,}")]
    private static partial Regex Words();

    [Theory, EveryPlan, Policy]
    public void User_data_stays_under_16_KB(Plan plan) =>
        Assert.All(plan.Hosts, host => Assert.InRange(Encoding.UTF8.GetByteCount(host.CloudInit.Render()), 1, 16 * 1024 - 1));

    private static readonly string[] HostsDoNotSee = ["stage", "expires", "tags", "alarmEmail", "drainSeconds"];

    // Has only one value.
    private static readonly string[] CannotChange = ["topology"];

    /// <summary>All other settings, so that a new one is tested too.</summary>
    public static TheoryData<string> ChangesOfWhatRuns =>
        [.. SettingKey.All.Select(key => key.Name).Except([.. HostsDoNotSee, .. CannotChange])];

    public static TheoryData<string> ChangesOfOtherThings => [.. HostsDoNotSee];

    [Theory, MemberData(nameof(ChangesOfWhatRuns)), Policy]
    public void A_setting_that_changes_hosts_makes_a_new_generation(string key) =>
        IsANewGeneration(Plans.Change(key));

    internal static void IsANewGeneration((Plan Before, Plan After) change)
    {
        var (before, after) = change;
        Assert.NotEqual(before.Generation, after.Generation);
        Assert.NotEqual(before.Hosts[0].Name, after.Hosts[0].Name);
    }

    [Theory, MemberData(nameof(ChangesOfOtherThings)), Policy]
    public void A_setting_that_hosts_do_not_see_keeps_the_generation(string key) =>
        IsTheSameGeneration(Plans.Change(key));

    internal static void IsTheSameGeneration((Plan Before, Plan After) change)
    {
        var (before, after) = change;
        Assert.NotEqual(PlanJson.Of(before), PlanJson.Of(after));
        Assert.Equal(before.Generation, after.Generation);
    }

    [Fact, Policy]
    public void Another_build_of_a_service_is_a_new_generation() =>
        IsANewGeneration((Plans.Of(), Planner.Plan(Plans.Settings(), [new("relay", new('c', 64)), Plans.Artifacts[1]])));

    [Theory, EveryPlan, Policy]
    public void What_belongs_to_a_generation_has_its_hash_in_its_name(Plan plan)
    {
        Assert.Matches("^[0-9a-f]{10}$", plan.Generation);
        Assert.All(plan.Hosts, host => Assert.True(HasHash(host.Name)));
        Assert.All(plan.Addresses, address => Assert.Equal(address.OfGeneration, HasHash(address.Name)));
        Assert.All(plan.Names, record => Assert.Equal(record.OfGeneration, HasHash(record.Name)));

        bool HasHash(string name) => name.Contains(plan.Generation, StringComparison.Ordinal);
    }

    [Theory, EveryPlan, Policy]
    public void The_metadata_service_is_denied_to_the_services_users(Plan plan)
    {
        var table = plan.File(HostPaths.Firewall);
        var users = Services(plan).Select(unit => unit.User!).Distinct().ToList();

        Assert.Equal(2, users.Count);
        foreach (var address in new[] { "ip daddr 169.254.169.254", "ip6 daddr fd00:ec2::254" })
        {
            var line = Assert.Single(table.Split('\n'), line => line.Contains(address, StringComparison.Ordinal));
            Assert.EndsWith("drop", line, StringComparison.Ordinal);
            Assert.All(users, user => Assert.Contains($"\"{user}\"", line, StringComparison.Ordinal));
        }
    }

    [Theory, EveryPlan, Policy]
    public void Services_do_not_start_without_the_table_that_denies_them_metadata(Plan plan) => Assert.All(Services(plan), unit =>
        Assert.Contains("causeway-firewall.service", Assert.Single(unit.Values("Unit", "Requires")).Split(' ')));

    [Theory, EveryPlan, Policy]
    public void A_host_that_is_stopped_during_its_first_boot_continues_at_the_next(Plan plan)
    {
        var cloudInit = plan.Hosts[0].CloudInit;
        // cloud-init runs commands only at the first boot, so its command enables a unit that runs at each boot until it has succeeded.
        Assert.Equal(["systemctl", "enable", "--now", "--no-block", Units.Bootstrap.Name], Assert.Single(cloudInit.Commands));
        Assert.Contains(cloudInit.Files, file => file == Units.Bootstrap.File());
        Assert.Equal("multi-user.target", Assert.Single(Units.Bootstrap.Values("Install", "WantedBy")));

        var mark = Assert.Single(Units.Bootstrap.Values("Unit", "ConditionPathExists")).TrimStart('!');
        var script = plan.File(Assert.Single(Units.Bootstrap.Values("Service", "ExecStart")));
        var steps = script.IndexOf("steps packages files start", StringComparison.Ordinal);
        Assert.True(script.IndexOf($"> {mark}", StringComparison.Ordinal) > steps, script);
    }

    [Theory, EveryPlan, Policy]
    public void Services_have_no_capability_but_to_bind_low_ports(Plan plan) => Assert.All(Services(plan), unit =>
        Assert.Equal("CAP_NET_BIND_SERVICE", Assert.Single(unit.Values("Service", "CapabilityBoundingSet"))));

    [Theory, EveryPlan, Policy]
    public void Each_service_has_a_share_of_the_memory_and_leaves_the_system_one(Plan plan)
    {
        // systemd reads a percentage of the machine's memory (systemd.resource-control), so the limits follow the instance type.
        var services = Services(plan).ToDictionary(unit => unit.User!);
        int Percent(string user, string key) =>
            int.Parse(Assert.Single(services[user].Values("Service", key)).TrimEnd('%'), CultureInfo.InvariantCulture);

        Assert.All(services.Values, unit => Assert.Matches("^[0-9]+%$", Assert.Single(unit.Values("Service", "MemoryMax"))));
        Assert.InRange(services.Keys.Sum(user => Percent(user, "MemoryMax")), 0, 85);
        Assert.InRange(Percent(HostUsers.Relay, "MemoryMax"), 50, 85);
        // Signalling is slowed down before it is killed; the relay is never slowed down.
        Assert.InRange(Percent(HostUsers.Signalling, "MemoryHigh"), 1, Percent(HostUsers.Signalling, "MemoryMax") - 1);
        Assert.Empty(services[HostUsers.Relay].Values("Service", "MemoryHigh"));
    }

    [Theory, EveryPlan, Policy]
    public void Only_root_reads_what_settings_are_rendered_from(Plan plan) => Assert.All(
        plan.Files().Where(file => file.Path.StartsWith("/etc/causeway/", StringComparison.Ordinal)),
        file => Assert.Equal("0600", file.Mode));

    [Theory, EveryPlan, Policy]
    public void The_services_folders_are_closed_to_each_other(Plan plan)
    {
        var folders = plan.File(PlanFiles.Folders);
        Assert.Contains("d /etc/causeway/relay 0750 root causeway-relay\n", folders, StringComparison.Ordinal);
        Assert.Contains("d /etc/causeway/signalling 0750 root causeway-signalling\n", folders, StringComparison.Ordinal);
    }

    [Theory, EveryPlan, Policy]
    public void The_hosts_own_connections_have_enough_ports_and_take_none_of_the_relays(Plan plan)
    {
        var values = plan.File(PlanFiles.Sysctls).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(" = "))
            .ToDictionary(line => line[0], line => line[1]);
        var own = values["net.ipv4.ip_local_port_range"].Split(' ').Select(int.Parse).ToArray();
        var reserved = values["net.ipv4.ip_local_reserved_ports"].Split(',')
            .Select(range => range.Split('-').Select(int.Parse).ToArray())
            .ToList();
        bool Reserved(int port) => reserved.Any(range => port >= range[0] && port <= range[^1]);

        var ports = plan.Settings.Ports;
        Assert.All(
            [ports.Relayed.First, ports.Relayed.Last, .. ports.Transports.Select(offer => offer.Port)],
            port => Assert.True(Reserved(port), $"{port}"));
        Assert.InRange(Enumerable.Range(own[0], own[1] - own[0] + 1).Count(port => !Reserved(port)), 4000, 65536);
    }

    [Theory, EveryPlan, Policy]
    public void Everything_that_is_fetched_is_checked_by_its_hash(Plan plan)
    {
        var environment = plan.File(PlanFiles.Environment);
        Assert.Equal(3, plan.Buckets[0].Artifacts.Count);
        Assert.All(plan.Buckets[0].Artifacts, artifact =>
            Assert.Contains($"_SHA256='{artifact.Sha256}'\n", environment, StringComparison.Ordinal));
    }

    [Theory, EveryPlan, Policy]
    public void Only_instance_metadata_is_requested_without_TLS(Plan plan) =>
        Assert.All(Urls().Matches(plan.File(PlanFiles.Environment)), url =>
            Assert.Matches(@"^(https:.*|http://169\.254\.169\.254)$", url.Value));

    [GeneratedRegex("https?://[^']+")]
    private static partial Regex Urls();

    [Fact, Policy]
    public void Settings_cannot_break_out_of_the_hosts_environment_file()
    {
        // The settings refuse such a value; the file is safe even so.
        IsQuoted(Planner.Plan(Plans.Settings() with { AcmeEmail = Hostile }, Plans.Artifacts));
        Assert.Throws<SettingsException>(() => Plans.Settings(("acmeEmail", Hostile)));
    }

    private const string Hostile = "a'; touch /tmp/x; '@example.org";

    internal static void IsQuoted(Plan plan) => Assert.Contains(
        @"ACME_EMAIL='a'\''; touch /tmp/x; '\''@example.org'", plan.File(PlanFiles.Environment), StringComparison.Ordinal);
}

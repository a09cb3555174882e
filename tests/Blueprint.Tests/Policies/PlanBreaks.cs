using System.Text.RegularExpressions;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Secrets;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;
using Causeway.Blueprint.Watching;

namespace Causeway.Blueprint.Tests.Policies;

/// <summary>For each policy on a plan, a change that breaks this policy and no other.</summary>
internal static partial class PlanBreaks
{
    public static IReadOnlyDictionary<string, Func<Plan, Plan>> All { get; } = new Dictionary<string, Func<Plan, Plan>>
    {
        [nameof(AccessPolicies.No_permission_names_actions_by_a_wildcard)] =
            plan => Allow(plan, "FetchArtifacts", "s3:Get*"),
        [nameof(AccessPolicies.No_permission_names_resources_by_a_wildcard_without_a_waiver)] =
            plan => plan with { Waivers = [.. plan.Waivers.Where(waiver => waiver.Subject != "FindHostedZone")] },
        [nameof(AccessPolicies.No_permission_is_for_everything_if_its_actions_support_single_resources)] =
            plan => Target(plan, "FollowAcmeChallenge", new Target.Everything()),
        [nameof(AccessPolicies.No_role_may_change_permissions_or_gain_more)] =
            plan => Allow(plan, "FindHostedZone", "sts:GetCallerIdentity"),
        [nameof(AccessPolicies.Every_permission_to_write_names_its_resources)] =
            plan => Allow(plan, "FollowAcmeChallenge", "ssm:UpdateInstanceInformation"),
        [nameof(AccessPolicies.Each_role_can_be_assumed_by_one_AWS_service)] =
            plan => plan with { Roles = [.. plan.Roles.Select(role => role with { ForOwnAccount = false })] },
        [nameof(AccessPolicies.Hosts_read_only_their_own_secrets_and_artifacts)] =
            plan => Target(plan, "FetchArtifacts", new Target.Objects(plan.Buckets[0].Name, "")),
        [nameof(AccessPolicies.Hosts_may_write_no_secret_but_the_certificate)] =
            plan => Target(plan, "KeepCertificate", new Target.Secret(plan.Secrets[0].Name)),
        [nameof(AccessPolicies.Hosts_may_change_no_DNS_record_but_the_challenge)] =
            plan => Statement(plan, "AnswerAcmeChallenge", statement => statement with { Conditions = [statement.Conditions[0]] }),
        [nameof(AccessPolicies.Session_Manager_is_allowed_only_if_it_is_set)] =
            plan => plan with { Settings = plan.Settings with { SsmAgentKeyFingerprint = null } },
        [nameof(AccessPolicies.Every_waiver_is_needed_and_says_why)] =
            plan => plan with { Waivers = First(plan.Waivers, waiver => waiver with { Reason = "Because." }) },

        [nameof(BootPolicies.User_data_holds_no_secret)] =
            plan => Append(plan, PlanFiles.Environment, "PRIVATE KEY"),
        [nameof(BootPolicies.Files_that_hosts_fetch_hold_no_secret)] =
            plan => Append(plan, "/etc/sysusers.d/causeway.conf", plan.TurnSecret.Reveal()),
        [nameof(BootPolicies.User_data_stays_under_16_KB)] =
            plan => Append(plan, PlanFiles.Environment, new('#', 16 * 1024)),
        [nameof(BootPolicies.What_belongs_to_a_generation_has_its_hash_in_its_name)] =
            plan => plan with { Addresses = First(plan.Addresses, address => address with { Name = "relay" }) },
        [nameof(BootPolicies.The_metadata_service_is_denied_to_the_services_users)] =
            plan => Edit(plan, HostPaths.Firewall, "\"causeway-relay\", \"causeway-signalling\" } ip ", "\"causeway-relay\" } ip "),
        [nameof(BootPolicies.Services_do_not_start_without_the_table_that_denies_them_metadata)] =
            plan => RelayUnit(plan, "Requires", "causeway-host.service"),
        [nameof(BootPolicies.A_host_that_is_stopped_during_its_first_boot_continues_at_the_next)] =
            plan => CloudInit(plan, cloudInit => cloudInit with { Commands = [["systemctl", "start", "causeway-bootstrap.service"]] }),
        [nameof(BootPolicies.Services_have_no_capability_but_to_bind_low_ports)] =
            plan => RelayUnit(plan, "CapabilityBoundingSet", "CAP_NET_ADMIN"),
        [nameof(BootPolicies.Each_service_has_a_share_of_the_memory_and_leaves_the_system_one)] =
            plan => RelayUnit(plan, "MemoryMax", "90%"),
        [nameof(BootPolicies.Only_root_reads_what_settings_are_rendered_from)] =
            plan => File(plan, PlanFiles.Relay, file => file with { Mode = "0644" }),
        [nameof(BootPolicies.The_services_folders_are_closed_to_each_other)] =
            plan => Edit(plan, PlanFiles.Folders, "0750 root causeway-relay", "0755 root causeway-relay"),
        [nameof(BootPolicies.The_hosts_own_connections_have_enough_ports_and_take_none_of_the_relays)] =
            plan => Edit(plan, PlanFiles.Sysctls, $",{plan.Settings.Ports.Relayed}", ""),
        [nameof(BootPolicies.Everything_that_is_fetched_is_checked_by_its_hash)] =
            plan => Edit(plan, PlanFiles.Environment, "RELAY_SHA256=", "RELAY_MD5="),
        [nameof(BootPolicies.Only_instance_metadata_is_requested_without_TLS)] =
            plan => Edit(plan, PlanFiles.Environment, "https://keyserver", "http://keyserver"),

        [nameof(FirewallPolicies.SSH_is_closed)] =
            plan => Web(plan, 22),
        [nameof(FirewallPolicies.Remote_desktop_is_closed)] =
            plan => Web(plan, 3389),
        [nameof(FirewallPolicies.Plain_HTTP_is_closed)] =
            plan => Web(plan, 80),
        [nameof(FirewallPolicies.Only_UDP_and_TCP_may_leave_to_every_port_in_each_address_family)] =
            plan => Rules(plan, rule => rule.Direction == Direction.Egress ? [rule with { Ports = new(1, 65535) }] : [rule]),
        [nameof(FirewallPolicies.Every_rule_names_one_protocol)] =
            plan => Open(plan, "47", PortRange.None),
        [nameof(FirewallPolicies.Every_rule_is_described)] =
            plan => plan with { Rules = First(plan.Rules, rule => rule with { Description = "media" }) },
        [nameof(FirewallPolicies.UDP_is_open_only_for_the_transports_and_the_relayed_range)] =
            plan => Open(plan, "udp", PortRange.Of(53)),
        [nameof(FirewallPolicies.TCP_is_open_only_for_the_page_and_the_transports)] =
            plan => Open(plan, "tcp", PortRange.Of(8080)),
        [nameof(FirewallPolicies.The_relayed_range_of_the_rules_is_the_relays_own)] =
            plan => Edit(plan, PlanFiles.Relay, $"\"{plan.Settings.Ports.Relayed}\"", "\"20000-29999\""),
        [nameof(FirewallPolicies.Every_rule_has_a_twin_for_IPv6_exactly_when_the_stack_is_dual_stack)] =
            plan => Rules(plan, rule => rule.IsIpv6 && rule.Ports == plan.Settings.Ports.Relayed ? [] : [rule]),
        [nameof(FirewallPolicies.Only_ICMP_errors_about_the_path_are_let_in_in_each_address_family)] =
            plan => Rules(plan, rule => rule is { IpProtocol: "icmpv6", IcmpType: 2 } ? [] : [rule]),
        [nameof(FirewallPolicies.The_hosts_own_table_drops_nothing_that_comes_in)] =
            plan => Edit(plan, HostPaths.Firewall, "  chain output", "  chain input { type filter hook input; }\n  chain output"),
        [nameof(FirewallPolicies.No_two_rules_are_equal)] =
            plan => Rules(plan, rule => rule.Ports == plan.Settings.Ports.Relayed ? [rule, rule] : [rule]),
        // The listener and all URLs have another port; only the rules keep the old one.
        [nameof(FirewallPolicies.Every_listener_of_the_relay_is_open)] =
            plan => EditBoth(plan, "3478", "3479"),
        [nameof(FirewallPolicies.Every_URL_for_browsers_leads_to_a_listener)] =
            plan => EditBoth(plan, ":443?transport=tcp", ":5349?transport=tcp"),
        [nameof(FirewallPolicies.The_log_of_refused_traffic_is_written_by_a_role_that_may_do_nothing_else)] =
            plan => Allow(plan, "WriteLog", "logs:DescribeLogStreams"),
        [nameof(FirewallPolicies.Logs_are_kept_for_a_stated_time)] =
            plan => Edit(plan, PlanFiles.Journal, "MaxRetentionSec", "MaxFileSec"),

        [nameof(HostPolicies.Every_host_has_a_role_of_the_plan)] =
            plan => Host(plan, host => host with { Role = "another" }),
        [nameof(HostPolicies.Images_are_pinned_by_their_whole_name)] =
            plan => Host(plan, host => host with { Image = "debian-13-amd64-latest" }),
        [nameof(HostPolicies.Images_are_made_for_the_hosts_processor)] =
            plan => Host(plan, host => host with { Image = host.Image.Replace("amd64", "arm64", StringComparison.Ordinal) }),
        [nameof(HostPolicies.Each_service_has_a_public_address_of_its_own)] =
            plan => plan with { Addresses = [plan.Addresses[0]] },
        [nameof(HostPolicies.The_network_has_a_private_prefix)] = plan =>
        {
            var network = plan.Network with { Prefix = new(new([198, 51, 100, 0]), 24) };
            return Edit(plan, PlanFiles.Relay, $"{plan.Network.Prefix}", $"{network.Prefix}") with { Network = network };
        },
        [nameof(HostPolicies.Everything_is_tagged_with_project_stack_and_stage)] =
            plan => Tag(plan, "causeway:project", "another"),
        [nameof(HostPolicies.Demo_stacks_carry_the_day_they_expire)] =
            plan => Tag(plan, "causeway:expires", "2099-12-31"),

        [nameof(ServicePolicies.The_relay_denies_peers_in_its_own_network)] =
            plan => Edit(plan, PlanFiles.Relay, $"{plan.Network.Prefix}", "10.0.0.0/24"),
        [nameof(ServicePolicies.The_relay_has_no_exception_from_its_deny_table)] =
            plan => Edit(plan, PlanFiles.Relay, "\"allowPeers\": []", "\"allowPeers\": [\"10.0.0.0/8\"]"),
        [nameof(ServicePolicies.The_relays_admin_interface_is_on_loopback)] =
            plan => Edit(plan, PlanFiles.Relay, "127.0.0.1:9478", "0.0.0.0:9478"),
        [nameof(ServicePolicies.Settings_files_hold_no_secret_but_name_the_file_that_does)] =
            plan => Edit(plan, PlanFiles.Relay, "/etc/causeway/relay/turn-secrets", "/tmp/turn-secrets"),
        [nameof(ServicePolicies.Relays_send_heartbeats_over_loopback_only)] =
            plan => EditBoth(plan, "127.0.0.1:9479", "10.0.0.1:9479"),
        [nameof(ServicePolicies.Relays_and_signalling_have_the_same_URLs)] =
            plan => Edit(plan, PlanFiles.Relay, "\"stun:", "\"stun:another."),
        [nameof(ServicePolicies.A_member_of_a_full_room_may_be_relayed_to_all_others_while_credentials_are_renewed)] =
            plan => File(plan, PlanFiles.Relay, file => file with { Content = Allocations().Replace(file.Content, "${key}1") }),
        [nameof(ServicePolicies.Only_the_gate_admits_relays_unless_it_is_off)] =
            plan => Edit(plan, PlanFiles.Signalling, "\"admitAtOnce\": false", "\"admitAtOnce\": true"),
        [nameof(ServicePolicies.Each_service_gets_only_the_keys_that_it_needs)] = plan =>
        {
            var admission = plan.Secrets.Single(secret => secret.Name.EndsWith("/admission", StringComparison.Ordinal));
            var shared = admission with { File = admission.File! with { Services = ["relay", "signalling"] } };
            return plan with { Secrets = [.. plan.Secrets.Select(secret => secret == admission ? shared : secret)] };
        },
        [nameof(ServicePolicies.The_page_is_served_only_over_HTTPS)] =
            plan => Edit(plan, PlanFiles.Signalling, "\"https://@", "\"http://@"),
        [nameof(ServicePolicies.Pages_of_other_origins_cannot_open_the_WebSocket)] =
            plan => Edit(plan, PlanFiles.Signalling, $"\"https://{plan.Settings.Domain}\"", "\"https://another.example.org\""),
        [nameof(ServicePolicies.The_relay_runs_as_a_service_of_its_own)] =
            plan => Edit(plan, PlanFiles.Signalling, "\"embeddedRelay\": false", "\"embeddedRelay\": true"),
        [nameof(ServicePolicies.TURN_over_TLS_is_offered_only_with_a_certificate_that_browsers_trust)] =
            plan => plan with { Certificate = plan.Certificate with { Challenge = "self-signed" } },
        [nameof(ServicePolicies.The_certificate_has_every_name_of_the_stack)] =
            plan => plan with { Certificate = plan.Certificate with { Names = [plan.Settings.Domain!] } },
        [nameof(ServicePolicies.Every_name_in_a_URL_for_browsers_is_in_DNS)] =
            plan => plan with { Names = [.. plan.Names.SkipLast(1)] },
        [nameof(ServicePolicies.Each_service_listens_on_an_address_of_its_own)] =
            plan => Edit(plan, PlanFiles.Signalling, HostVariables.SignallingPrivateIpv4, HostVariables.RelayPrivateIpv4),
        [nameof(ServicePolicies.An_output_credential_ends_when_the_next_rotation_is_due)] =
            plan => plan with { IceServersExpiry = plan.IceServersExpiry + 86_400 },

        [nameof(StoragePolicies.Bucket_names_are_valid_and_unique)] = plan =>
        {
            var renamed = Bucket(plan, bucket => bucket with { Name = "causeway" });
            return Target(renamed, "FetchArtifacts", new Target.Objects("causeway", Artifact.Prefix));
        },
        [nameof(StoragePolicies.Artifacts_are_named_by_their_content)] =
            plan => Bucket(plan, bucket => bucket with { Artifacts = [.. bucket.Artifacts.Select(WithOtherContent)] }),
        [nameof(StoragePolicies.Demo_stacks_leave_nothing_behind)] =
            plan => Bucket(plan, bucket => bucket with { ForceDestroy = false }),
        [nameof(StoragePolicies.Production_stacks_protect_their_data)] =
            _ => Bucket(Plans.All["production"], bucket => bucket with { Protected = false }),
        [nameof(StoragePolicies.Secrets_do_not_show_in_a_printed_plan)] =
            plan => Secret(plan, secret => secret with { Description = plan.TurnSecret.Reveal() }),
        [nameof(StoragePolicies.The_root_secret_is_never_uploaded)] =
            plan => Secret(plan, secret => secret with { Value = new(Convert.ToBase64String(plan.Settings.RootSecret.Bytes)) }),

        [nameof(WatchPolicies.Every_alarm_watches_a_published_metric)] =
            plan => Alarm(plan, Metric.Cpu, alarm => alarm with { Subject = "another" }),
        [nameof(WatchPolicies.Every_alarm_is_in_the_region_of_its_metric)] =
            plan => Alarm(plan, Metric.HealthCheck, alarm => alarm with { Region = plan.Settings.Region }),
        [nameof(WatchPolicies.Every_alarm_notifies_a_topic_in_its_region)] =
            plan => plan with { Watch = plan.Watch with { Topics = [plan.Watch.Topics[0]] } },
        [nameof(WatchPolicies.Every_alarm_says_what_to_do)] =
            plan => Alarm(plan, Metric.Cpu, alarm => alarm with { Meaning = "The instance is busy." }),
        [nameof(WatchPolicies.The_page_and_the_relays_are_probed_from_outside)] = plan =>
        {
            var checks = First(plan.Watch.HealthChecks, check => check with { Path = "/" });
            return plan with { Watch = plan.Watch with { HealthChecks = checks } };
        },
        [nameof(WatchPolicies.EC2_recovers_a_broken_host)] =
            plan => Alarm(plan, Metric.SystemCheck, alarm => alarm with { Recovers = false }),
    };

    /// <summary>The policies that compare two plans, each with two plans that break it.</summary>
    public static IReadOnlyDictionary<string, Action<Plan>> Compared { get; } = new Dictionary<string, Action<Plan>>
    {
        [nameof(BootPolicies.A_setting_that_changes_hosts_makes_a_new_generation)] =
            plan => BootPolicies.IsANewGeneration((plan, plan)),
        [nameof(BootPolicies.A_setting_that_hosts_do_not_see_keeps_the_generation)] =
            _ => BootPolicies.IsTheSameGeneration(Plans.Change("diskGb")),
        [nameof(BootPolicies.Another_build_of_a_service_is_a_new_generation)] =
            plan => BootPolicies.IsANewGeneration((plan, plan)),
        [nameof(BootPolicies.Settings_cannot_break_out_of_the_hosts_environment_file)] =
            plan => BootPolicies.IsQuoted(Edit(plan, PlanFiles.Environment, "ACME_EMAIL=", "EMAIL=")),
        [nameof(HostPolicies.A_change_that_AWS_refuses_on_a_network_in_use_makes_a_new_network_and_a_new_generation)] =
            plan => HostPolicies.IsAnotherNetwork(plan, plan),
        [nameof(StoragePolicies.A_rotation_keeps_the_previous_secret_valid)] =
            plan => StoragePolicies.KeepsSecrets(Plans.Of(("rotation", "2026-08-01")), plan),
        [nameof(StoragePolicies.Outputs_with_credentials_are_secret)] =
            _ => StoragePolicies.AreSecret([OutputPlan.IceServers with { Secret = false }]),
    };

    private static IReadOnlyList<T> First<T>(IReadOnlyList<T> all, Func<T, T> change) => [change(all[0]), .. all.Skip(1)];

    private static Plan Allow(Plan plan, string sid, string action) =>
        Statement(plan, sid, statement => statement with { Actions = [.. statement.Actions, action] });

    private static Plan Target(Plan plan, string sid, Target target) =>
        Statement(plan, sid, statement => statement with { Targets = [target] });

    private static Plan Statement(Plan plan, string sid, Func<Statement, Statement> change)
    {
        IReadOnlyList<Statement> Changed(RolePlan role) =>
            [.. role.Statements.Select(statement => statement.Sid == sid ? change(statement) : statement)];
        return plan with { Roles = [.. plan.Roles.Select(role => role with { Statements = Changed(role) })] };
    }

    private static Plan Host(Plan plan, Func<HostPlan, HostPlan> change) => plan with { Hosts = [change(plan.Hosts[0])] };

    private static Plan CloudInit(Plan plan, Func<CloudInit, CloudInit> change) =>
        Host(plan, host => host with { CloudInit = change(host.CloudInit) });

    private static Plan RelayUnit(Plan plan, string key, string value)
    {
        return Host(plan, host => host with { Units = [.. host.Units.Select(WithValue)] });

        Unit WithValue(Unit unit) => unit.Name != "causeway-relay.service" ? unit : unit with
        {
            Sections = [.. unit.Sections.Select(section => section with { Settings = [.. section.Settings.Select(WithSetting)] })],
        };

        KeyValuePair<string, string> WithSetting(KeyValuePair<string, string> setting) =>
            setting.Key == key ? KeyValuePair.Create(key, value) : setting;
    }

    private static Plan Append(Plan plan, string path, string line) =>
        File(plan, path, file => file with { Content = $"{file.Content}{line}\n" });

    private static Plan EditBoth(Plan plan, string before, string after) =>
        Edit(Edit(plan, PlanFiles.Relay, before, after), PlanFiles.Signalling, before, after);

    private static Plan Edit(Plan plan, string path, string before, string after) =>
        File(plan, path, file => file with { Content = file.Content.Replace(before, after, StringComparison.Ordinal) });

    private static Plan File(Plan plan, string path, Func<HostFile, HostFile> change)
    {
        IReadOnlyList<HostFile> Changed(IReadOnlyList<HostFile> files) =>
            [.. files.Select(file => file.Path == path ? change(file) : file)];
        var changed = CloudInit(plan, cloudInit => cloudInit with { Files = Changed(cloudInit.Files) });
        changed = Host(changed, host => host with { Files = Changed(host.Files) });
        Assert.NotEqual(PlanJson.Of(plan), PlanJson.Of(changed));
        return changed;
    }

    private static Plan Rules(Plan plan, Func<FirewallRule, FirewallRule[]> change) =>
        plan with { Rules = [.. plan.Rules.SelectMany(change)] };

    private static Plan Web(Plan plan, int port)
    {
        var ports = plan.Settings.Ports with { Web = port };
        return plan with { Settings = plan.Settings with { Ports = ports }, Rules = Firewall.Rules(ports, plan.Settings.DualStack) };
    }

    private static Plan Open(Plan plan, string protocol, PortRange ports) => plan with
    {
        Rules =
        [
            .. plan.Rules,
            new(Direction.Ingress, protocol, ports, FirewallRule.EverywhereIpv4, "nothing needs this (IPv4)"),
            new(Direction.Ingress, protocol, ports, FirewallRule.EverywhereIpv6, "nothing needs this (IPv6)"),
        ],
    };

    private static Plan Tag(Plan plan, string key, string value) =>
        plan with { Tags = new Dictionary<string, string>(plan.Tags) { [key] = value } };

    private static Plan Bucket(Plan plan, Func<BucketPlan, BucketPlan> change) => plan with { Buckets = [change(plan.Buckets[0])] };

    private static Artifact WithOtherContent(Artifact artifact) => artifact.Content is null ? artifact : artifact with { Content = [1] };

    private static Plan Secret(Plan plan, Func<SecretPlan, SecretPlan> change) => plan with { Secrets = First(plan.Secrets, change) };

    private static Plan Alarm(Plan plan, Metric metric, Func<Alarm, Alarm> change)
    {
        var alarms = plan.Watch.Alarms.Select(alarm => alarm.Metric == metric ? change(alarm) : alarm);
        return plan with { Watch = plan.Watch with { Alarms = [.. alarms] } };
    }

    [GeneratedRegex("(?<key>\"allocationsPerSubject\": )[0-9]+")]
    private static partial Regex Allocations();
}

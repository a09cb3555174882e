using Causeway.Blueprint.Boot;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Policies;
using Causeway.Blueprint.Secrets;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;
using Causeway.Blueprint.Watching;

namespace Causeway.Blueprint;

/// <summary>Makes the plan of a stack: a pure function of its settings and of what its services are built to.</summary>
public static class Planner
{
    /// <summary>Plans a stack.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="artifacts">The published services; <see cref="Artifact.Unpublished"/> for looking at a plan only.</param>
    public static Plan Plan(StackSettings settings, IReadOnlyList<Artifact> artifacts)
    {
        var root = settings.RootSecret.Bytes;
        var prefix = StackName.PrefixOf(settings.Stack);
        // Roles belong to no region, and all alarms of health checks stand in one: there a stack of the same name in another region must not meet this one.
        var global = StackName.GlobalPrefixOf(settings.Stack, settings.Region);
        var tags = Tags(settings);

        // Bucket names are the world's, so this one ends in something that nobody else's does, and that is known before anything exists.
        var bucketName = $"{prefix}-{Fingerprint(root, $"bucket name {settings.Region}")}";
        SecretPlan[] secrets =
        [
            Derived(settings, SecretDerivation.Turn, "TURN secrets, one in each line, the current one first", HostPaths.TurnSecretsFile, "relay", "signalling"),
            Derived(settings, SecretDerivation.Heartbeat, "Keys of heartbeats, one in each line, the current one first", HostPaths.HeartbeatKeysFile, "relay", "signalling"),
            // Also without a gate: it may be set again, and a production stack's secrets stay.
            Derived(settings, SecretDerivation.Admission, "Keys of admissions, one in each line, the current one first", HostPaths.AdmissionKeysFile, "signalling"),
        ];
        var certificateSecret = settings.Domain is null ? null : new SecretPlan
        {
            // The kept one has a name of its own: a stack that turns to it, or from it, asks for a certificate once, and neither takes the other's away.
            Name = $"causeway/{settings.Stack}/{(settings.KeepCertificate ? "kept-certificate" : "certificate")}",
            MadeByHost = settings.KeepCertificate,
            Description = "Certificate chain and key, written by the host that renews it",
            RecoveryDays = RecoveryDays(settings),
            Protected = settings.Production,
        };
        var certificate = settings.Domain is null
            ? new CertificatePlan([], "self-made", null, 0)
            : new CertificatePlan([settings.Domain, $"*.{settings.Domain}"], "dns-01", certificateSecret!.Name, 30, settings.KeepCertificate);

        // The hash covers what it stands in, with a placeholder in its own place.
        (ServiceSettings Services, HostBoot Boot) Boot(string generation)
        {
            var services = ServiceSettings.For(settings, RelayName(settings, generation), generation);
            return (services, HostBoot.For(settings, services, generation, bucketName, artifacts, secrets, certificate));
        }

        var network = $"{prefix}-{Generation.Hash(settings.NetworkPrefix.ToString(), settings.Zone, settings.DualStack ? "dual stack" : "IPv4")}";
        var hostRole = HostRole(settings, global, bucketName, secrets, certificateSecret);
        var flowRole = FlowLogRole(settings, global);
        var generation = Generation.Hash(
            Boot(Generation.Placeholder).Boot.CloudInit.Render(), settings.InstanceType, settings.Image, $"{settings.DiskGb}", $"{HostPlan.Revision}", network,
            hostRole.Name,
            // Hosts read secrets when they start; other secrets need other hosts.
            string.Join(' ', settings.Rotation.Stamps), Fingerprint(root, "generation"));
        var (services, boot) = Boot(generation);
        var bucket = new BucketPlan { Name = bucketName, ForceDestroy = !settings.Production, Protected = settings.Production, Artifacts = [.. artifacts, boot.Archive] };

        var host = new HostPlan
        {
            Name = $"{prefix}-{generation}",
            InstanceType = settings.InstanceType,
            Architecture = settings.Architecture,
            Image = settings.Image,
            DiskGb = settings.DiskGb,
            Role = hostRole.Name,
            CloudInit = boot.CloudInit,
            Files = boot.Files,
            Units = Units.All,
            // Burstable types: t2, t3a, t4g; not trn1.
            UnlimitedCredits = settings.InstanceType is ['t', >= '0' and <= '9', ..],
        };

        return new()
        {
            Settings = settings,
            Prefix = prefix,
            Generation = generation,
            Tags = tags,
            Network = new(network, settings.NetworkPrefix, settings.Zone, settings.DualStack,
                new(LogGroup(settings), settings.LogRetentionDays, flowRole.Name, Protected: settings.Production)),
            Rules = Firewall.Rules(settings.Ports, settings.DualStack),
            Addresses = [new($"{prefix}-{generation}-relay", Service.Relay, OfGeneration: true), new($"{prefix}-signalling", Service.Signalling, OfGeneration: false)],
            Names = Names(settings, generation),
            Hosts = [host],
            Roles = [hostRole, flowRole],
            Buckets = [bucket],
            Secrets = certificateSecret is null ? secrets : [.. secrets, certificateSecret],
            Certificate = certificate,
            Services = services,
            Watch = Watch.Over(settings, global, host),
            Waivers = Waivers.For(settings),
            RelayName = RelayName(settings, generation),
            TurnSecrets = DerivedOf(settings, SecretDerivation.Turn),
            AdmissionKey = DerivedOf(settings, SecretDerivation.Admission)[0],
            IceServersExpiry = new DateTimeOffset(settings.Rotation.Due, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds(),
        };
    }

    private static string? RelayName(StackSettings settings, string generation) => settings.Domain is null ? null : $"relay-{generation}.{settings.Domain}";

    private static IReadOnlyList<DnsRecord> Names(StackSettings settings, string generation)
    {
        if (settings.Domain is null) return [];

        string[] types = settings.DualStack ? ["A", "AAAA"] : ["A"];
        return
        [
            .. types.Select(type => new DnsRecord(settings.Domain, type, Service.Signalling, OfGeneration: false)),
            .. types.Select(type => new DnsRecord(RelayName(settings, generation)!, type, Service.Relay, OfGeneration: true)),
        ];
    }

    private static RolePlan HostRole(StackSettings settings, string prefix, string bucket, IReadOnlyList<SecretPlan> secrets, SecretPlan? certificate)
    {
        var statements = new List<Statement>
        {
            new("FetchArtifacts", ["s3:GetObject"], [new Target.Objects(bucket, Artifact.Prefix)]),
            new("ReadSecrets", ["secretsmanager:GetSecretValue"], [.. secrets.Select(secret => new Target.Secret(secret.Name))]),
        };
        if (certificate is not null)
        {
            string[] makes = certificate.MadeByHost ? ["secretsmanager:CreateSecret", "secretsmanager:TagResource"] : [];
            statements.Add(new("KeepCertificate", ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", .. makes], [new Target.Secret(certificate.Name)]));
            statements.Add(new("AnswerAcmeChallenge", ["route53:ChangeResourceRecordSets"], [new Target.HostedZone(settings.HostedZone!)])
            {
                // Only the challenge's own record, whatever else the zone holds.
                Conditions =
                [
                    new("ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsNormalizedRecordNames", [$"_acme-challenge.{settings.Domain}"]),
                    new("ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsRecordTypes", ["TXT"]),
                ],
            });
            statements.Add(new("ReadAcmeChallenge", ["route53:ListResourceRecordSets"], [new Target.HostedZone(settings.HostedZone!)]));
            statements.Add(new("FollowAcmeChallenge", ["route53:GetChange"], [new Target.DnsChanges()]));
            statements.Add(new("FindHostedZone", ["route53:ListHostedZonesByName"], [new Target.Everything()]));
        }
        if (settings.SessionManager)
        {
            statements.Add(new("ReportToSystemsManager", ["ssm:UpdateInstanceInformation"], [new Target.OwnInstances()]));
            statements.Add(new("SessionManager",
            [
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ], [new Target.Everything()]));
        }
        var role = new RolePlan($"{prefix}-host", "ec2.amazonaws.com", "What Causeway's instances may do", statements);
        // Another policy is another role beside this one, which hosts that run keep until they are gone.
        return role with { Name = $"{role.Name}-{Generation.Hash(role.Policy(target => $"{target}"))}" };
    }

    private static string LogGroup(StackSettings settings) => $"/causeway/{settings.Stack}/refused-traffic";

    // What the VPC user guide asks for ("IAM role for publishing flow logs to CloudWatch Logs") but for logs:CreateLogGroup: the group is the stack's, and
    // the service would make it anew behind a stack that was taken down.
    private static RolePlan FlowLogRole(StackSettings settings, string prefix) => new($"{prefix}-flow-log", "vpc-flow-logs.amazonaws.com", "Writes the log of refused traffic",
    [
        new("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], [new Target.LogStreams(LogGroup(settings))]),
        new("FindLogGroup", ["logs:DescribeLogGroups"], [new Target.OwnLogGroups()]),
    ])
    {
        ForOwnAccount = true,
    };

    private static SortedDictionary<string, string> Tags(StackSettings settings)
    {
        var tags = StackTags.Of(settings);
        foreach (var (name, value) in settings.Tags) tags[name] = value;
        return tags;
    }

    // One for each stamp of the rotation, so that what was signed before it still counts.
    private static SecretPlan Derived(StackSettings settings, string label, string description, string file, params string[] services) => new()
    {
        Name = $"causeway/{settings.Stack}/{label}",
        Description = description,
        RecoveryDays = RecoveryDays(settings),
        Protected = settings.Production,
        Value = new(string.Concat(DerivedOf(settings, label).Select(secret => secret.Reveal() + "\n"))),
        File = new(file, services),
    };

    private static IReadOnlyList<SecretText> DerivedOf(StackSettings settings, string label) =>
        [.. settings.Rotation.Stamps.Select(stamp => new SecretText(SecretDerivation.Derive(settings.RootSecret.Bytes, label, stamp)))];

    private static int RecoveryDays(StackSettings settings) => settings.Production ? 30 : 0;

    private static string Fingerprint(ReadOnlySpan<byte> root, string label) => Generation.Hash(SecretDerivation.Derive(root, label, ""));
}

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

/// <summary>Makes the plan of a stack: a pure function of its settings and of the published services.</summary>
public static class Planner
{
    /// <summary>Plans a stack.</summary>
    /// <param name="artifacts">The published services; <see cref="Artifact.Unpublished"/> to look at a plan only.</param>
    public static Plan Plan(StackSettings settings, IReadOnlyList<Artifact> artifacts)
    {
        var prefix = StackName.PrefixOf(settings.Stack);
        // Bucket names are global, so this one ends in something unique that is known before anything exists.
        var bucketName = $"{prefix}-{Fingerprint(settings, $"bucket name {settings.Region}")}";
        var secrets = new StackSecrets(settings);
        var hostRole = StackRoles.Host(settings, bucketName, secrets);
        var flowRole = StackRoles.FlowLog(settings);
        var network = $"{prefix}-{Generation.Hash($"{settings.NetworkPrefix}", settings.Zone, settings.DualStack ? "dual stack" : "IPv4")}";

        // The user-data contains the generation, which is a hash of the user-data, so it is hashed with a placeholder.
        var generation = Generation.Hash(
            Boot(Generation.Placeholder).Boot.CloudInit.Render(),
            settings.InstanceType,
            settings.Image,
            $"{settings.DiskGb}",
            $"{HostPlan.Revision}",
            network,
            hostRole.Name,
            // Hosts read secrets when they start, so other secrets need other hosts.
            string.Join(' ', settings.Rotation.Stamps),
            Fingerprint(settings, "generation"));
        var (services, boot) = Boot(generation);

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
            Tags = StackTags.Of(settings),
            Network = new(network, settings.NetworkPrefix, settings.Zone, settings.DualStack,
                new(StackName.LogGroupOf(settings.Stack), settings.LogRetentionDays, flowRole.Name, Protected: settings.Production)),
            Rules = Firewall.Rules(settings.Ports, settings.DualStack),
            Addresses =
            [
                new($"{prefix}-{generation}-relay", Service.Relay, OfGeneration: true),
                new($"{prefix}-signalling", Service.Signalling, OfGeneration: false),
            ],
            Names = DnsRecord.Of(settings, generation),
            Hosts = [host],
            Roles = [hostRole, flowRole],
            Buckets = [new(bucketName, ForceDestroy: !settings.Production, Protected: settings.Production, [.. artifacts, boot.Archive])],
            Secrets = secrets.All,
            Certificate = secrets.CertificatePlan,
            Services = services,
            Watch = Watch.Over(settings, host),
            Waivers = [.. Waivers.For(settings)],
            RelayName = DnsRecord.RelayName(settings, generation),
            TurnSecrets = StackSecrets.Of(settings, SecretDerivation.Turn),
            AdmissionKey = StackSecrets.Of(settings, SecretDerivation.Admission)[0],
            IceServersExpiry = new DateTimeOffset(settings.Rotation.Due, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds(),
        };

        (ServiceSettings Services, HostBoot Boot) Boot(string generation)
        {
            var services = ServiceSettings.For(settings, DnsRecord.RelayName(settings, generation), generation);
            return (services, HostBoot.For(settings, services, generation, bucketName, artifacts, secrets));
        }
    }

    private static string Fingerprint(StackSettings settings, string label) =>
        Generation.Hash(SecretDerivation.Derive(settings.RootSecret.Bytes, label, ""));
}

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
using Causeway.Turn.Client;

namespace Causeway.Blueprint;

/// <summary>
/// Everything that a stack shall consist of, derived from its settings by <see cref="Planner"/>. The resource graph, the policy tests and
/// <c>ops plan</c> are readings of it.
/// </summary>
public sealed record Plan
{
    /// <summary>The settings that it was made from.</summary>
    public required StackSettings Settings { get; init; }

    /// <summary>What stands before every name in AWS: <c>causeway-STACK</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>The hash of what the hosts run.</summary>
    public required string Generation { get; init; }

    /// <summary>What stands before names that no other region may have, as those of roles: <c>causeway-STACK-REGION</c>.</summary>
    public string GlobalPrefix => StackName.GlobalPrefixOf(Settings.Stack, Settings.Region);

    /// <summary>Tags that the AWS provider adds to everything by itself (<c>aws:defaultTags</c>).</summary>
    public IReadOnlyDictionary<string, string> DefaultTags { get; init; } = new Dictionary<string, string>();

    /// <summary>Tags on everything that takes so many.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>Those of <see cref="Tags"/> that the stack gives by itself, for what takes few.</summary>
    public IReadOnlyDictionary<string, string> OwnTags => Tags.Where(tag => !Settings.Tags.ContainsKey(tag.Key)).ToDictionary();

    public required NetworkPlan Network { get; init; }

    /// <summary>The hosts' security group.</summary>
    public required IReadOnlyList<FirewallRule> Rules { get; init; }

    public required IReadOnlyList<ElasticIp> Addresses { get; init; }

    /// <summary>The DNS records; none without a domain.</summary>
    public required IReadOnlyList<DnsRecord> Names { get; init; }

    public required IReadOnlyList<HostPlan> Hosts { get; init; }

    public required IReadOnlyList<RolePlan> Roles { get; init; }

    public required IReadOnlyList<BucketPlan> Buckets { get; init; }

    public required IReadOnlyList<SecretPlan> Secrets { get; init; }

    public required CertificatePlan Certificate { get; init; }

    public required ServiceSettings Services { get; init; }

    public required Watch Watch { get; init; }

    /// <summary>What common rules would refuse, and why it stands.</summary>
    public required IReadOnlyList<Waiver> Waivers { get; init; }

    /// <summary>The relay's DNS name; null without a domain, when it is reached by its Elastic IP.</summary>
    public required string? RelayName { get; init; }

    /// <summary>The secrets that relays take TURN credentials by: the current one, and that of the rotation before it while it counts.</summary>
    public required IReadOnlyList<SecretText> TurnSecrets { get; init; }

    /// <summary>The secret that TURN credentials are signed with now.</summary>
    public SecretText TurnSecret => TurnSecrets[0];

    /// <summary>The key that the gate signs admissions with now.</summary>
    public required SecretText AdmissionKey { get; init; }

    /// <summary>When the credential in the stack's outputs ends, in seconds since 1970 (UTC).</summary>
    public required long IceServersExpiry { get; init; }

    /// <summary>The page's address.</summary>
    /// <param name="signallingAddress">Signalling's Elastic IP, for a stack without a domain.</param>
    public Uri Address(string signallingAddress) => new UriBuilder(Uri.UriSchemeHttps, Settings.Domain ?? signallingAddress, Settings.Ports.Web).Uri;

    /// <summary>The iceServers of the stack's outputs, for any program.</summary>
    /// <param name="relayAddress">The relay's Elastic IP, for a stack without a domain.</param>
    public IReadOnlyList<IceServer> IceServers(string relayAddress) =>
        IcePlan.For(RelayName ?? relayAddress, Settings.Ports.Transports).Servers(TurnSecret.Reveal(), "stack-output", IceServersExpiry);

    /// <summary>The command that tests the stack from anywhere.</summary>
    /// <param name="signallingAddress">Signalling's Elastic IP, for a stack without a domain.</param>
    public string CheckCommand(string signallingAddress) => $"dotnet run --project infra/Ops -- check {Address(signallingAddress)}";
}

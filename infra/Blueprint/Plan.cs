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
/// Everything that a stack consists of, derived from its settings by <see cref="Planner"/>. The resource graph, the policy tests and
/// <c>ops plan</c> read it.
/// </summary>
public sealed record Plan
{
    public required StackSettings Settings { get; init; }

    /// <summary>Gets the start of every name in AWS: <c>causeway-STACK</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>Gets the start of names that must be unique across regions, like those of roles: <c>causeway-STACK-REGION</c>.</summary>
    public string GlobalPrefix => StackName.GlobalPrefixOf(Settings.Stack, Settings.Region);

    /// <summary>Gets the hash of what the hosts run.</summary>
    public required string Generation { get; init; }

    /// <summary>Gets the tags of the provider's own setting (<c>aws:defaultTags</c>). Defaults to none.</summary>
    public IReadOnlyDictionary<string, string> DefaultTags { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the stack's own tags and those of the setting <c>tags</c>.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public IReadOnlyDictionary<string, string> OwnTags => Tags.Where(tag => !Settings.Tags.ContainsKey(tag.Key)).ToDictionary();
    public required NetworkPlan Network { get; init; }
    public required IReadOnlyList<FirewallRule> Rules { get; init; }
    public required IReadOnlyList<ElasticIp> Addresses { get; init; }

    /// <summary>Gets the DNS records; none without a domain.</summary>
    public required IReadOnlyList<DnsRecord> Names { get; init; }

    public required IReadOnlyList<HostPlan> Hosts { get; init; }
    public required IReadOnlyList<RolePlan> Roles { get; init; }
    public required IReadOnlyList<BucketPlan> Buckets { get; init; }
    public required IReadOnlyList<SecretPlan> Secrets { get; init; }
    public required CertificatePlan Certificate { get; init; }
    public required ServiceSettings Services { get; init; }
    public required Watch Watch { get; init; }

    /// <summary>Gets the exceptions from common rules, with their reasons.</summary>
    public required IReadOnlyList<Waiver> Waivers { get; init; }

    public required string? RelayName { get; init; }

    /// <summary>Gets the secrets of TURN credentials: the current one, and the previous rotation's while it is valid.</summary>
    public required IReadOnlyList<SecretText> TurnSecrets { get; init; }

    public SecretText TurnSecret => TurnSecrets[0];

    /// <summary>Gets the current key of admissions.</summary>
    public required SecretText AdmissionKey { get; init; }

    /// <summary>Gets the expiry of the credential in the stack's outputs, in seconds since 1970 (UTC).</summary>
    public required long IceServersExpiry { get; init; }

    /// <summary>The page's address.</summary>
    /// <param name="signallingAddress">Signalling's Elastic IP, for a stack without a domain.</param>
    public Uri Address(string signallingAddress) =>
        new UriBuilder(Uri.UriSchemeHttps, Settings.Domain ?? signallingAddress, Settings.Ports.Web).Uri;

    /// <summary>The iceServers of the stack's outputs.</summary>
    /// <param name="relayAddress">The relay's Elastic IP, for a stack without a domain.</param>
    public IReadOnlyList<IceServer> IceServers(string relayAddress) =>
        IcePlan.For(RelayName ?? relayAddress, Settings.Ports.Transports).Servers(TurnSecret.Reveal(), "stack-output", IceServersExpiry);

    public string CheckCommand(string signallingAddress) => $"dotnet run --project infra/Ops -- check {Address(signallingAddress)}";
}

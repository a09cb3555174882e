using System.Collections.Immutable;
using Causeway.Blueprint.Hosts;

namespace Causeway.Infra.Tests;

/// <summary>
/// The generation's hash contains settings and a revision. A change to a constant of all hosts needs another revision, because an update
/// would otherwise change running hosts.
/// </summary>
public class RevisionTests
{
    // What the plan decides, and ids.
    private static readonly HashSet<string> Planned =
    [
        "ami", "instanceType", "iamInstanceProfile", "primaryNetworkInterface", "creditSpecification", "userData", "tags",
        "rootBlockDevice.volumeSize", "rootBlockDevice.tags", "subnetId", "securityGroups", "description", "ipv6AddressCount",
    ];

    [Fact]
    public async Task Hosts_of_this_revision_have_these_constants()
    {
        var registered = await Registered.From(Plans.Of());
        Assert.Equal(
            [
                "revision: 1",
                "privateIpsCount: 1",
                "sourceDestCheck: True",
                "disableApiTermination: False",
                "metadataOptions.httpEndpoint: enabled",
                "metadataOptions.httpPutResponseHopLimit: 1",
                "metadataOptions.httpTokens: required",
                "metadataOptions.instanceMetadataTags: disabled",
                "rootBlockDevice.deleteOnTermination: True",
                "rootBlockDevice.encrypted: True",
                "rootBlockDevice.volumeType: gp3",
                "userDataReplaceOnChange: True",
            ],
            [
                $"revision: {HostPlan.Revision}",
                .. Lines("", registered.One(Types.Interface).Inputs),
                .. Lines("", registered.One(Types.Instance).Inputs),
            ]);
    }

    private static IEnumerable<string> Lines(string path, ImmutableDictionary<string, object> inputs) => inputs
        .OrderBy(input => input.Key, StringComparer.Ordinal)
        .Where(input => !Planned.Contains(path + input.Key))
        .SelectMany(input => input.Value is ImmutableDictionary<string, object> map
            ? Lines($"{path}{input.Key}.", map)
            : [$"{path}{input.Key}: {input.Value}"]);
}

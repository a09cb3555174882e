using System.Collections.Immutable;
using Causeway.Blueprint.Hosts;

namespace Causeway.Infra.Tests;

/// <summary>
/// What all hosts have in common follows from no setting, so the generation's hash has a number for it: without another number an update
/// would change running hosts in place.
/// </summary>
public class RevisionTests
{
    // What the plan decides, and ids.
    private static readonly HashSet<string> Planned =
    [
        "ami", "instanceType", "iamInstanceProfile", "primaryNetworkInterface", "creditSpecification", "userData", "tags",
        "rootBlockDevice.volumeSize", "rootBlockDevice.tags",
        "subnetId", "securityGroups", "description", "ipv6AddressCount",
    ];

    [Fact]
    public async Task Hosts_of_this_revision_have_this_in_common()
    {
        var registered = await Registered.From(Plans.Of());
        string[] types = ["aws:ec2/networkInterface:NetworkInterface", "aws:ec2/instance:Instance"];
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
            types.SelectMany(type => Lines("", registered.One(type).Inputs)).Prepend($"revision: {HostPlan.Revision}"));
    }

    private static IEnumerable<string> Lines(string path, ImmutableDictionary<string, object> inputs) => inputs
        .OrderBy(input => input.Key, StringComparer.Ordinal)
        .Where(input => !Planned.Contains(path + input.Key))
        .SelectMany(
            input => input.Value is ImmutableDictionary<string,
            object> map ? Lines($"{path}{input.Key}.", map) : [$"{path}{input.Key}: {input.Value}"]);
}

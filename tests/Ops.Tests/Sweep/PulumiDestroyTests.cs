using System.Text.Json;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Tests.Sweep;

/// <summary>Only a state of Pulumi that belongs to the found stack is destroyed.</summary>
public class PulumiDestroyTests
{
    private static readonly DateOnly Today = new(2026, 11, 29);

    private static Dictionary<string, string> Tags(string stage = "demo", string expires = "2026-11-01") => new()
    {
        [StackTags.ProjectTag] = "causeway",
        [StackTags.StackTag] = "dev",
        [StackTags.StageTag] = stage,
        [StackTags.ExpiresTag] = expires,
    };

    private static readonly FoundStack Stack = new("dev", "us-east-1",
    [
        new() { Kind = SweepKinds.Vpc, Id = "vpc-1", Name = "causeway-dev-1", Region = "us-east-1", Tags = Tags() },
        new()
        {
            Kind = SweepKinds.Bucket,
            Id = "causeway-dev-0123456789",
            Name = "causeway-dev-0123456789",
            Region = "us-east-1",
            Tags = Tags(),
        },
    ]);

    private static object Resource(string type, string id, Dictionary<string, string>? tags = null) =>
        new { type, id, outputs = new { tags = tags ?? Tags() } };

    private static string? Spares(params object[] resources) => SpareNamed(false, resources);

    private static string? SpareNamed(bool named, params object[] resources) => PulumiDestroy.Spares(
        JsonSerializer.Serialize(new
        {
            version = 3,
            deployment = new { resources = resources.Prepend(new { type = "pulumi:pulumi:Stack" }) }
        }), Stack, Today, named);

    [Fact]
    public void A_state_of_the_found_resources_is_destroyed() =>
        Assert.Null(Spares(Resource("aws:ec2/vpc:Vpc", "vpc-1"), Resource("aws:s3/bucket:Bucket", "causeway-dev-0123456789")));

    [Fact]
    public void A_state_with_resources_that_are_already_deleted_is_destroyed() =>
        Assert.Null(Spares(Resource("aws:s3/bucket:Bucket", "causeway-dev-0123456789"), Resource("aws:ec2/subnet:Subnet", "subnet-9")));

    /// <summary>The stack was created again, here or in another region, and the found resources are remains of the old one.</summary>
    [Fact]
    public void A_state_of_another_network_is_not_used() => Assert.Equal(
        "its Vpc vpc-2 was not found in the account",
        Spares(Resource("aws:s3/bucket:Bucket", "causeway-dev-0123456789"), Resource("aws:ec2/vpc:Vpc", "vpc-2")));

    [Fact]
    public void A_state_without_the_found_resources_is_not_used() =>
        Assert.Equal("none of its resources were found in the account", Spares(Resource("aws:ec2/subnet:Subnet", "subnet-9")));

    [Fact]
    public void A_state_with_production_resources_is_not_used_even_if_the_stack_is_named() => Assert.Equal(
        "its resource subnet-1 doesn't belong to a demo",
        SpareNamed(true, Resource("aws:ec2/vpc:Vpc", "vpc-1"), Resource("aws:ec2/subnet:Subnet", "subnet-1", Tags("production"))));

    [Fact]
    public void A_state_of_an_extended_demo_is_destroyed_only_if_the_stack_is_named()
    {
        object[] extended =
        [
            Resource("aws:ec2/vpc:Vpc", "vpc-1"),
            Resource("aws:ec2/subnet:Subnet", "subnet-1", Tags(expires: "2027-01-01")),
        ];
        Assert.Equal("its resource subnet-1 has not expired", Spares(extended));
        Assert.Null(SpareNamed(true, extended));
    }

    [Fact]
    public void An_invalid_or_empty_state_is_not_used()
    {
        Assert.StartsWith("it isn't valid: ", PulumiDestroy.Spares("error: no login", Stack, Today, false), StringComparison.Ordinal);
        Assert.StartsWith("it isn't valid: ", PulumiDestroy.Spares("{}", Stack, Today, false), StringComparison.Ordinal);
        Assert.Equal("it is empty", PulumiDestroy.Spares("{\"deployment\":{}}", Stack, Today, false));
    }
}

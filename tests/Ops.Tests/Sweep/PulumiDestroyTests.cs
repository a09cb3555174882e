using System.Text.Json;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Tests.Sweep;

/// <summary>Which state of Pulumi is destroyed: only one of the very stack that was found.</summary>
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
        new() { Kind = SweepKinds.Bucket, Id = "causeway-dev-0123456789", Name = "causeway-dev-0123456789", Region = "us-east-1",
            Tags = Tags() },
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
    public void A_state_of_what_was_found_is_destroyed() =>
        Assert.Null(Spares(Resource("aws:ec2/vpc:Vpc", "vpc-1"), Resource("aws:s3/bucket:Bucket", "causeway-dev-0123456789")));

    [Fact]
    public void A_state_with_what_is_gone_already_is_destroyed() =>
        Assert.Null(Spares(Resource("aws:s3/bucket:Bucket", "causeway-dev-0123456789"), Resource("aws:ec2/subnet:Subnet", "subnet-9")));

    /// <summary>The stack was made anew, here or in another region, and what was found is what an old one left.</summary>
    [Fact]
    public void A_state_of_another_network_is_left_alone() => Assert.Equal(
        "its Vpc vpc-2 is none of those that were found", Spares(Resource("aws:s3/bucket:Bucket", "causeway-dev-0123456789"),
            Resource("aws:ec2/vpc:Vpc", "vpc-2")));

    [Fact]
    public void A_state_without_what_was_found_is_left_alone() =>
        Assert.Equal("nothing in it was found", Spares(Resource("aws:ec2/subnet:Subnet", "subnet-9")));

    [Fact]
    public void A_state_with_production_in_it_is_left_alone_also_when_the_stack_is_named() => Assert.Equal(
        "subnet-1 in it is not of a demo",
        SpareNamed(true, Resource("aws:ec2/vpc:Vpc", "vpc-1"), Resource("aws:ec2/subnet:Subnet", "subnet-1", Tags("production"))));

    [Fact]
    public void A_state_that_was_prolonged_is_destroyed_only_when_the_stack_is_named()
    {
        object[] prolonged = [Resource("aws:ec2/vpc:Vpc", "vpc-1"),
            Resource("aws:ec2/subnet:Subnet", "subnet-1", Tags(expires: "2027-01-01"))];
        Assert.Equal("subnet-1 in it has not expired", Spares(prolonged));
        Assert.Null(SpareNamed(true, prolonged));
    }

    [Fact]
    public void What_is_no_state_is_left_alone()
    {
        Assert.StartsWith("it cannot be read: ", PulumiDestroy.Spares("error: no login", Stack, Today, false), StringComparison.Ordinal);
        Assert.StartsWith("it cannot be read: ", PulumiDestroy.Spares("{}", Stack, Today, false), StringComparison.Ordinal);
        Assert.Equal("it is empty", PulumiDestroy.Spares("{\"deployment\":{}}", Stack, Today, false));
    }
}

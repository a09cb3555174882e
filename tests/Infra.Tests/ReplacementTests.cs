using System.Text.Json;

namespace Causeway.Infra.Tests;

/// <summary>
/// The order in which a resource is replaced under its name in the program: by another image id, <c>pulumi up --replace</c>, or an input
/// that AWS cannot change. If AWS allows its name or attachment only once, the old one is deleted first. Everything else is created first,
/// so that it is never missing.
/// </summary>
public class ReplacementTests
{
    private const string OnePerBucket = "A bucket has one, which the old one's deletion removes.";

    // Why AWS refuses a second one, or returns the first one, which would then be deleted.
    private static readonly Dictionary<string, string> DeletedFirst = new()
    {
        [Types.Instance] = "An interface belongs to one instance: InvalidNetworkInterface.InUse.",
        [Types.EipAssociation] = "An address is associated once: Resource.AlreadyAssociated.",
        [Types.InternetGateway] = "A VPC has one: Resource.AlreadyAssociated.",
        [Types.Subnet] = "Its prefix fills the VPC: InvalidSubnet.Conflict.",
        [Types.Route] = "A destination has one in a table: RouteAlreadyExists.",
        [Types.RouteTableAssociation] = "A subnet has one: Resource.AlreadyAssociated.",
        [Types.IngressRule] = "Equal rules are one: InvalidPermission.Duplicate.",
        [Types.EgressRule] = "Equal rules are one: InvalidPermission.Duplicate.",
        [Types.FlowLog] = "Equal ones are one: FlowLogAlreadyExists.",
        [Types.Role] = "Its name is unique in the account: EntityAlreadyExists.",
        [Types.InstanceProfile] = "Its name is unique in the account: EntityAlreadyExists.",
        [Types.RolePolicy] = "Writing it again is the same policy, which the old one's deletion removes.",
        [Types.Bucket] = "Its name is globally unique: BucketAlreadyOwnedByYou.",
        [Types.AccessBlock] = OnePerBucket,
        [Types.Ownership] = OnePerBucket,
        [Types.Versioning] = "A bucket has one, which the old one's deletion suspends.",
        [Types.Encryption] =
            "A bucket has one, which the old one's deletion resets.",
        [Types.Lifecycle] = OnePerBucket,
        [Types.BucketPolicy] = OnePerBucket,
        [Types.BucketObject] = "Its key is unique in the bucket; the old one's deletion removes all versions.",
        [Types.Secret] = "Its name is unique in the region: ResourceExistsException.",
        [Types.LogGroup] = "Its name is unique in the region: ResourceAlreadyExistsException.",
        [Types.Alarm] = "Writing it again is the same alarm, which the old one's deletion removes.",
        [Types.Topic] = "Creating it again returns the same topic, which the old one's deletion removes.",
        [Types.Subscription] =
            "Subscribing again returns the same subscription, which the old one's deletion removes.",
        [Types.Record] = "A name and type has one in a zone: InvalidChangeBatch, it already exists.",
    };

    // Why two can exist at once.
    private static readonly Dictionary<string, string> MadeFirst = new()
    {
        [Types.Vpc] = "AWS gives it an id; prefixes of two may be equal.",
        [Types.RouteTable] = "AWS gives it an id.",
        [Types.DefaultGroup] =
            "AWS created it; the program only removes its rules.",
        [Types.Group] =
            "The engine names it; a group in use cannot be deleted, so another must replace it first.",
        [Types.Interface] = "AWS gives it an id and addresses.",
        [Types.Eip] = "AWS gives it an id and an address.",
        [Types.EipAssociation] =
            "Signalling's takes over the address (allowReassociation), so that the page always has one.",
        [Types.HealthCheck] = "AWS gives it an id.",
        [Types.SecretVersion] =
            "The new one becomes current; without one a host would have no keys.",
    };

    [Theory, EveryPlan]
    public async Task What_AWS_allows_once_is_deleted_first_and_everything_else_last(Plan plan)
    {
        var registered = await Registered.From(plan);
        Assert.NotEmpty(registered.InAws);
        Assert.All(registered.InAws, resource =>
        {
            var order = IsDeletedFirst(resource) ? DeletedFirst : MadeFirst;
            Assert.True(order.TryGetValue(resource.Type, out var why), $"{resource.Type} is not listed: can two exist at once?");
            Assert.True(IsDeletedFirst(resource) == registered.DeletedFirst.Contains(resource.Id), $"{resource.Id}: {why}");
        });
    }

    [Theory, EveryPlan]
    public async Task A_resource_whose_name_the_program_chooses_is_deleted_first(Plan plan)
    {
        var registered = await Registered.From(plan);
        var named = registered.Resources.Where(resource =>
            resource["name"] is string || resource["key"] is string || resource.Type == Types.Bucket).ToList();
        Assert.InRange(named.Count, 10, int.MaxValue);
        Assert.All(named, resource => Assert.Contains(resource.Id, registered.DeletedFirst));
    }

    [Fact]
    public async Task Every_listed_type_is_registered()
    {
        var types = (await Registered.Every())
            .SelectMany(registered => registered.Resources)
            .Select(resource => resource.Type)
            .ToHashSet();
        Assert.Subset(types, DeletedFirst.Keys.Concat(MadeFirst.Keys).ToHashSet());
    }

    /// <summary>
    /// The engine replaces with an instance whatever depends on it (<c>DependsOn</c>) or has an input of it that AWS cannot change.
    /// </summary>
    [Theory, EveryPlan]
    public async Task Nothing_is_replaced_with_an_instance(Plan plan)
    {
        var registered = await Registered.From(plan);
        var instance = registered.One(Types.Instance);
        Assert.DoesNotContain(registered.After, pair => pair.Value.Contains(instance.Id));
        var references =
            from resource in registered.Resources
            from input in resource.Inputs
            where !IsOfTheInterface(input.Key)
            where JsonSerializer.Serialize(input.Value).Contains($"\"{instance.Name}-id\"", StringComparison.Ordinal)
            select $"{resource.Type} {input.Key}";
        Assert.Equal([$"{Types.Alarm} dimensions"], references.Distinct());
    }

    // The mock gives the interface and the instance of a generation the same id, because they have the same name.
    private static bool IsOfTheInterface(string input) => input is "networkInterfaceId" or "primaryNetworkInterface" or "allocationId";

    private static bool IsDeletedFirst(RegisteredResource resource) =>
        DeletedFirst.ContainsKey(resource.Type)
        && !(resource.Type == Types.EipAssociation && resource.Name.EndsWith("-signalling", StringComparison.Ordinal));
}

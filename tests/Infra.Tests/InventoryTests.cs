namespace Causeway.Infra.Tests;

/// <summary><c>ops plan</c> lists what the program registers.</summary>
public class InventoryTests
{
    [Theory, EveryPlan]
    public async Task The_inventory_has_every_registered_resource_and_no_other(Plan plan)
    {
        var registered = await Registered.From(plan);
        Assert.Equal(
            registered.InAws.Select(resource => resource.Kind).Order(StringComparer.Ordinal),
            Inventory.Of(plan).Select(resource => resource.Kind).Order(StringComparer.Ordinal));
    }

    [Theory, EveryPlan]
    public async Task A_name_in_the_inventory_is_the_name_in_AWS(Plan plan)
    {
        var registered = await Registered.From(plan);
        var names = registered.InAws.ToLookup(resource => resource.Kind, NamesOf);
        // Some kinds, such as associations, have no names in AWS.
        Assert.All(Inventory.Of(plan), resource =>
        {
            var named = names[resource.Kind].SelectMany(each => each).ToHashSet();
            if (named.Count > 0) Assert.Contains(resource.Name, named);
        });
    }

    private static IEnumerable<string> NamesOf(RegisteredResource resource) =>
        new[]
        {
            resource["name"],
            resource["key"],
            resource["destinationCidrBlock"],
            resource["destinationIpv6CidrBlock"],
            resource.At("tags.Name"),
            (resource["bucket"] as string)?.Replace("-id", "", StringComparison.Ordinal),
        }.OfType<string>();
}

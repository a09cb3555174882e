namespace Causeway.Infra.Tests;

/// <summary>The order in which resources are created. The engine deletes in the reverse order.</summary>
public class OrderTests
{
    private static HashSet<string> Ids(Registered registered, params IEnumerable<string> types) =>
        [.. types.SelectMany(registered.Of).Select(resource => resource.Id)];

    [Theory, EveryPlan]
    public async Task A_generation_is_interface_then_address_then_names_then_instance(Plan plan)
    {
        var registered = await Registered.From(plan);
        var name = plan.Hosts[0].Name;
        var records = registered.Of(Types.Record).Where(record => record.Name.StartsWith(name, StringComparison.Ordinal)).ToList();

        Assert.Contains($"{Types.Interface} {name}", registered.After[$"{Types.Eip} {name}"]);
        Assert.Equal(plan.Names.Count(record => record.OfGeneration), records.Count);
        Assert.All(records, record => Assert.Contains($"{Types.EipAssociation} {name}", registered.After[record.Id]));
        Assert.Superset(
            records.Select(record => record.Id).Append($"{Types.EipAssociation} {name}").ToHashSet(),
            registered.After[registered.One(Types.Instance).Id].ToHashSet());
    }

    [Theory, EveryPlan]
    public async Task No_address_is_associated_before_the_gateway_is_attached_and_routed(Plan plan)
    {
        var registered = await Registered.From(plan);
        var gateway = Ids(registered, Types.InternetGateway, Types.Route, Types.RouteTableAssociation);
        Assert.Equal(plan.Network.DualStack ? 4 : 3, gateway.Count);
        Assert.Equal(2, registered.Of(Types.EipAssociation).Count);
        Assert.All(registered.Of(Types.EipAssociation), association =>
            Assert.Superset(gateway, registered.After[association.Id].ToHashSet()));
    }

    [Theory, EveryPlan]
    public async Task No_instance_starts_before_everything_that_it_reaches_and_fetches_exists(Plan plan)
    {
        var registered = await Registered.From(plan);
        var needed = Ids(
            registered, Types.InternetGateway, Types.Route, Types.RouteTableAssociation, Types.IngressRule, Types.EgressRule,
            Types.BucketObject, Types.SecretVersion);
        Assert.InRange(needed.Count, 10, 100);
        Assert.Superset(needed, registered.After[registered.One(Types.Instance).Id].ToHashSet());
    }

    [Fact]
    public async Task Nothing_is_uploaded_before_the_bucket_encrypts_and_keeps_versions()
    {
        var registered = await Registered.From(Plans.Of());
        var guards = Ids(registered, Types.Versioning, Types.Encryption);
        Assert.Equal(2, guards.Count);
        Assert.All(registered.Of(Types.BucketObject), upload => Assert.Superset(guards, registered.After[upload.Id].ToHashSet()));
    }

    [Fact]
    public async Task The_log_of_refused_traffic_waits_until_its_role_may_write()
    {
        var registered = await Registered.From(Plans.Of());
        Assert.Contains(
            $"{Types.RolePolicy} {registered.Plan.Network.FlowLog.Role}", registered.After[registered.One(Types.FlowLog).Id]);
    }
}

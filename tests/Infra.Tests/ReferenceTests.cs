namespace Causeway.Infra.Tests;

/// <summary>The references between resources: with a wrong id, something would be deployed but not used.</summary>
public class ReferenceTests
{
    [Theory, EveryPlan]
    public async Task Everything_in_the_network_refers_to_it(Plan plan)
    {
        var registered = await Registered.From(plan);
        string Id(string type) => $"{registered.One(type).Name}-id";
        Assert.All(
            [Types.InternetGateway, Types.Subnet, Types.RouteTable, Types.DefaultGroup, Types.Group, Types.FlowLog],
            type => Assert.Equal(Id(Types.Vpc), registered.One(type)["vpcId"]));

        Assert.All(registered.Of(Types.Route), route =>
        {
            Assert.Equal(Id(Types.RouteTable), route["routeTableId"]);
            Assert.Equal(Id(Types.InternetGateway), route["gatewayId"]);
        });
        var association = registered.One(Types.RouteTableAssociation);
        Assert.Equal((Id(Types.RouteTable), Id(Types.Subnet)), (association["routeTableId"], association["subnetId"]));
        Assert.Equal(Id(Types.Subnet), registered.One(Types.Interface)["subnetId"]);

        RegisteredResource[] rules = [.. registered.Of(Types.IngressRule), .. registered.Of(Types.EgressRule)];
        Assert.Equal(plan.Rules.Count, rules.Length);
        Assert.All(rules, rule => Assert.Equal(Id(Types.Group), rule["securityGroupId"]));
    }

    [Theory, EveryPlan]
    public async Task Everything_of_the_bucket_refers_to_it(Plan plan)
    {
        var registered = await Registered.From(plan);
        var parts = registered.InAws
            .Where(resource => resource.Type.StartsWith("aws:s3/", StringComparison.Ordinal) && resource.Type != Types.Bucket)
            .ToList();
        Assert.Equal(6 + plan.Buckets[0].Artifacts.Count, parts.Count);
        Assert.All(parts, part => Assert.Equal($"{registered.One(Types.Bucket).Name}-id", part["bucket"]));
    }

    [Theory, EveryPlan]
    public async Task The_value_of_every_secret_is_in_the_secret_with_its_name(Plan plan)
    {
        var registered = await Registered.From(plan);
        foreach (var planned in plan.Secrets.Where(secret => secret.Value is not null))
        {
            var secret = Assert.Single(registered.Of(Types.Secret), secret => (string)secret["name"]! == planned.Name);
            Assert.Single(registered.Of(Types.SecretVersion), version => (string)version["secretId"]! == $"{secret.Name}-id");
        }
    }

    [Fact]
    public async Task Everything_has_the_stacks_own_provider()
    {
        var registered = await Registered.From(Plans.Of());
        Assert.NotEmpty(registered.InAws);
        Assert.All(registered.InAws, resource =>
            Assert.Contains("pulumi:providers:aws::aws::", resource.Provider!, StringComparison.Ordinal));
    }
}

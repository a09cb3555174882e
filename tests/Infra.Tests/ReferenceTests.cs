namespace Causeway.Infra.Tests;

/// <summary>
/// Which resource each one is about: an id that is lost, or another's, leaves something standing beside the stack and doing nothing for it.
/// </summary>
public class ReferenceTests
{
    private static string Id(Registered registered, string type) => $"{registered.One(type).Name}-id";

    [Theory, EveryPlan]
    public async Task Everything_of_the_network_is_about_this_network(Plan plan)
    {
        var registered = await Registered.From(plan);
        var vpc = Id(registered, "aws:ec2/vpc:Vpc");
        foreach (var type in new[]
        {
            "ec2/internetGateway:InternetGateway", "ec2/subnet:Subnet", "ec2/routeTable:RouteTable",
            "ec2/defaultSecurityGroup:DefaultSecurityGroup", "ec2/securityGroup:SecurityGroup",
            "ec2/flowLog:FlowLog",
        })
            Assert.Equal(vpc, registered.One($"aws:{type}")["vpcId"]);

        var (table, subnet, group) = (
            Id(registered, "aws:ec2/routeTable:RouteTable"),
            Id(registered, "aws:ec2/subnet:Subnet"),
            Id(registered, "aws:ec2/securityGroup:SecurityGroup"));
        Assert.All(registered.Of("aws:ec2/route:Route"), route =>
        {
            Assert.Equal(table, route["routeTableId"]);
            Assert.Equal(Id(registered, "aws:ec2/internetGateway:InternetGateway"), route["gatewayId"]);
        });
        var association = registered.One("aws:ec2/routeTableAssociation:RouteTableAssociation");
        Assert.Equal((table, subnet), (association["routeTableId"], association["subnetId"]));
        Assert.Equal(subnet, registered.One("aws:ec2/networkInterface:NetworkInterface")["subnetId"]);

        var rules = registered.Resources.Where(resource =>
            resource.Type.Contains("securityGroupIngressRule", StringComparison.Ordinal)
                || resource.Type.Contains("securityGroupEgressRule", StringComparison.Ordinal)).ToList();
        Assert.Equal(plan.Rules.Count, rules.Count);
        Assert.All(rules, rule => Assert.Equal(group, rule["securityGroupId"]));
    }

    [Theory, EveryPlan]
    public async Task Everything_of_the_bucket_is_about_this_bucket(Plan plan)
    {
        var registered = await Registered.From(plan);
        var parts = registered.Resources.Where(resource =>
            resource.Type.StartsWith("aws:s3/", StringComparison.Ordinal) && resource.Type != "aws:s3/bucket:Bucket").ToList();
        Assert.Equal(6 + plan.Buckets[0].Artifacts.Count, parts.Count);
        Assert.All(parts, part => Assert.Equal(Id(registered, "aws:s3/bucket:Bucket"), part["bucket"]));
    }

    [Theory, EveryPlan]
    public async Task Every_secrets_content_is_in_the_secret_of_its_name(Plan plan)
    {
        var registered = await Registered.From(plan);
        foreach (var planned in plan.Secrets.Where(secret => secret.Value is not null))
        {
            var secret = Assert.Single(registered.Of("aws:secretsmanager/secret:Secret"), secret =>
                (string)secret["name"]! == planned.Name);
            Assert.Single(registered.Of("aws:secretsmanager/secretVersion:SecretVersion"), version =>
                (string)version["secretId"]! == $"{secret.Name}-id");
        }
    }

    [Fact]
    public async Task Everything_is_made_by_the_stacks_own_provider()
    {
        var registered = await Registered.From(Plans.Of());
        var made = registered.Resources.Where(resource => resource.Type.StartsWith("aws:", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(made);
        Assert.All(made, resource => Assert.Contains("pulumi:providers:aws::aws::", resource.Provider!, StringComparison.Ordinal));
    }
}

namespace Causeway.Infra.Tests;

/// <summary>The order in which resources are created. The engine deletes in the reverse order.</summary>
public class OrderTests
{
    private const string Gateway = "aws:ec2/internetGateway:InternetGateway";
    private const string Route = "aws:ec2/route:Route";
    private const string Table = "aws:ec2/routeTableAssociation:RouteTableAssociation";
    private const string Interface = "aws:ec2/networkInterface:NetworkInterface";
    private const string Address = "aws:ec2/eip:Eip";
    private const string Association = "aws:ec2/eipAssociation:EipAssociation";
    private const string Record = "aws:route53/record:Record";
    private const string Host = "aws:ec2/instance:Instance";

    private static IEnumerable<string> Ids(Registered registered, params IEnumerable<string> types) =>
        types.SelectMany(registered.Of).Select(resource => resource.Id);

    [Theory, EveryPlan]
    public async Task A_generation_is_interface_then_address_then_names_then_instance(Plan plan)
    {
        var registered = await Registered.From(plan);
        var name = plan.Hosts[0].Name;
        var records = registered.Of(Record).Where(record => record.Name.StartsWith(name, StringComparison.Ordinal)).ToList();

        Assert.Contains($"{Interface} {name}", registered.After[$"{Address} {name}"]);
        Assert.Equal(plan.Names.Count(record => record.OfGeneration), records.Count);
        Assert.All(records, record => Assert.Contains($"{Association} {name}", registered.After[record.Id]));
        Assert.Superset(
            records.Select(record => record.Id).Append($"{Association} {name}").ToHashSet(),
            registered.After[registered.One(Host).Id].ToHashSet());
    }

    [Theory, EveryPlan]
    public async Task No_address_is_associated_before_the_gateway_is_attached_and_reached(Plan plan)
    {
        var registered = await Registered.From(plan);
        var gateway = Ids(registered, Gateway, Route, Table).ToHashSet();
        Assert.Equal(plan.Network.DualStack ? 4 : 3, gateway.Count);
        Assert.Equal(2, registered.Of(Association).Count);
        Assert.All(registered.Of(Association), association => Assert.Superset(gateway, registered.After[association.Id].ToHashSet()));
    }

    [Theory, EveryPlan]
    public async Task No_instance_starts_before_all_that_it_reaches_and_fetches_is_there(Plan plan)
    {
        var registered = await Registered.From(plan);
        var needed = Ids(registered, Gateway, Route, Table,
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
            "aws:s3/bucketObjectv2:BucketObjectv2", "aws:secretsmanager/secretVersion:SecretVersion").ToHashSet();
        Assert.InRange(needed.Count, 10, 100);
        Assert.Superset(needed, registered.After[registered.One(Host).Id].ToHashSet());
    }

    [Fact]
    public async Task Nothing_is_uploaded_before_the_bucket_encrypts_and_keeps_versions()
    {
        var registered = await Registered.From(Plans.Of());
        var guards = Ids(registered, "aws:s3/bucketVersioning:BucketVersioning",
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").ToHashSet();
        Assert.Equal(2, guards.Count);
        Assert.All(registered.Of("aws:s3/bucketObjectv2:BucketObjectv2"), upload =>
            Assert.Superset(guards, registered.After[upload.Id].ToHashSet()));
    }

    [Fact]
    public async Task The_log_of_refused_traffic_waits_until_its_role_may_write()
    {
        var registered = await Registered.From(Plans.Of());
        Assert.Contains(
            $"aws:iam/rolePolicy:RolePolicy {registered.Plan.Network.FlowLog.Role}",
            registered.After[registered.One("aws:ec2/flowLog:FlowLog").Id]);
    }
}

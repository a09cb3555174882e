using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Ec2;

// Route tables.
public sealed partial class Ec2Api
{
    private static readonly Kind<CloudRouteTable> RouteTable =
        new("routeTableSet", "RouteTableId", "InvalidRouteTableID.NotFound", "routeTable ID", seen => RouteTableItem(seen))
        {
            Sizes = (5, 100),
            Filters = new()
            {
                ["route-table-id"] = table => [table.Id],
                ["vpc-id"] = table => [table.VpcId],
                ["association.main"] = table => [table.IsMain ? "true" : "false"],
                ["association.subnet-id"] = table => table.Associations.Values,
                ["route.gateway-id"] = table => table.Routes.Values,
            },
        };

    private void AddRoutes()
    {
        _actions["DescribeRouteTables"] = (call, region) => Describe(call, region.RouteTables, RouteTable);
        _actions["DisassociateRouteTable"] = (call, region) =>
        {
            var id = call.Required("AssociationId");
            var table = region.RouteTables.All.FirstOrDefault(table => table.Associations.ContainsKey(id) || MainAssociation(table) == id)
                ?? throw new AwsRefusedException(400, "InvalidAssociationID.NotFound", $"The association ID '{id}' does not exist");
            if (table.IsMain && !table.Associations.ContainsKey(id))
                throw new AwsRefusedException(400, "InvalidParameterValue", "cannot disassociate the main route table association");
            table.Associations.Remove(id);
            return Done;
        };
        _actions["DeleteRouteTable"] = (call, region) =>
        {
            var table = Find(region.RouteTables, RouteTable, call.Required("RouteTableId"));
            if (table.IsMain || table.Associations.Count > 0)
                throw Depends($"The routeTable '{table.Id}' has dependencies and cannot be deleted.");
            region.RouteTables.Remove(table);
            return Done;
        };
        _actions["DeleteRoute"] = (call, region) =>
        {
            var table = Find(region.RouteTables, RouteTable, call.Required("RouteTableId"));
            var destination = call.Form["DestinationCidrBlock"] ?? call.Required("DestinationIpv6CidrBlock");
            if (!table.Routes.TryGetValue(destination, out var way))
            {
                throw new AwsRefusedException(400, "InvalidRoute.NotFound",
                    $"no route with destination-cidr-block {destination} in route table {table.Id}");
            }
            if (way == "local")
            {
                throw new AwsRefusedException(400, "InvalidParameterValue",
                    $"cannot remove local route {destination} in route table {table.Id}");
            }
            table.Routes.Remove(destination);
            return Done;
        };
    }

    private static string? MainAssociation(CloudRouteTable table) => table.IsMain ? $"rtbassoc-{table.Id[4..]}" : null;

    private static string RouteTableItem(Seen<CloudRouteTable> seen)
    {
        var table = seen.Resource;
        string Association(string id, string? subnet) => string.Concat(
            E("routeTableAssociationId", id), E("routeTableId", table.Id), E("subnetId", subnet), E("main", subnet is null),
            In("associationState", E("state", "associated")));
        return string.Concat(
            E("routeTableId", table.Id), E("vpcId", table.VpcId), E("ownerId", AwsServer.Account),
            Xml.List("routeSet", "item", table.Routes.Select(route => string.Concat(
                E(route.Key.Contains(':', StringComparison.Ordinal) ? "destinationIpv6CidrBlock" : "destinationCidrBlock", route.Key),
                E("gatewayId", route.Value), E("state", "active"),
                E("origin", route.Value == "local" ? "CreateRouteTable" : "CreateRoute")))),
            Xml.List("associationSet", "item",
            [
                .. MainAssociation(table) is { } main ? [Association(main, null)] : Array.Empty<string>(),
                .. table.Associations.Select(one => Association(one.Key, one.Value)),
            ]),
            TagSet(seen.Tags));
    }
}

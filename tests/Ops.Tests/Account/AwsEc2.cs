using System.Globalization;
using Causeway.Tests.Support.Aws.Ec2;

namespace Causeway.Ops.Tests.Account;

/// <summary>EC2 (API of 2016-11-15), as far as an account is asked: what it takes as parameters, and its errors.</summary>
internal sealed class AwsEc2 : AwsApi
{
    // The filters of each action that are used here (EC2 API reference).
    private static readonly Dictionary<string, string[]> KnownFilters = new()
    {
        ["DescribeImages"] = ["name", "architecture", "state"],
        ["DescribeInstanceTypeOfferings"] = ["location", "instance-type"],
        ["DescribeInstanceTypes"] = ["instance-type", "processor-info.supported-architecture"],
        ["DescribeInstances"] = ["instance-state-name", "instance-type"],
        ["DescribeAddresses"] = ["public-ip"],
        ["DescribeVpcs"] = ["vpc-id"],
        ["DescribeNetworkInterfaces"] = ["network-interface-id", "vpc-id"],
    };

    public sealed record Image(string Name, string Owner, string Id, string Architecture);

    public sealed record Instance(string Type, int Cores, int Threads)
    {
        public string? Stack { get; init; }

        public string State { get; init; } = "running";

        public string? Lifecycle { get; init; }

        public string Tenancy { get; init; } = "default";
    }

    /// <summary>Images that are published.</summary>
    public List<Image> Images { get; } = [];

    /// <summary>The zones that offer each instance type.</summary>
    public Dictionary<string, string[]> Offered { get; } = new() { ["t3.small"] = ["us-east-1a", "us-east-1b"] };

    /// <summary>The vCPUs of each instance type.</summary>
    public Dictionary<string, int> Cores { get; } = new() { ["t3.small"] = 2 };

    /// <summary>The account's instances.</summary>
    public List<Instance> Instances { get; } = [];

    /// <summary>The account's Elastic IPs, each with the stack of its tag.</summary>
    public List<(string Ip, string? Stack)> Addresses { get; } = [];

    /// <summary>The stacks of the account's VPCs.</summary>
    public List<string?> Vpcs { get; } = [];

    /// <summary>The IPv6 addresses of the account's interfaces, each with the stack of its tag.</summary>
    public List<(string Ip, string? Stack)> Interfaces { get; } = [];

    /// <summary>How many of a list are given at once; AWS gives fewer than asked for when it likes.</summary>
    public int PageSize { get; set; } = 1000;

    public override string Service => "ec2";

    public override string Denied => "UnauthorizedOperation";

    public override string ActionOf(AwsRequest request) => new QueryForm(request.Text)["Action"] ?? "";

    public override AwsReply Error(AwsRefusal refusal) => Ec2Api.ErrorOf(refusal);

    public override AwsReply Answer(ApiCall call)
    {
        var (asked, action) = (call.Form, call.Name);
        if (asked["Version"] != "2016-11-15") throw AwsRefusal.Fault("InvalidAction", $"version {asked["Version"]}");
        if (!KnownFilters.TryGetValue(action, out var known)) throw AwsRefusal.Unknown(action);
        if (asked.Filters.Keys.FirstOrDefault(name => !known.Contains(name) && name != "tag:causeway:stack") is { } unknown)
            throw AwsRefusal.Fault("InvalidParameterValue", $"The filter '{unknown}' is invalid");
        if (asked["MaxResults"] is { } most && (!int.TryParse(most, out var number) || number is < 5 or > 1000))
            throw AwsRefusal.Fault("InvalidParameterValue", $"Value ( {most} ) for parameter maxResults is invalid. Expecting 5 to 1000.");
        return action switch
        {
            "DescribeImages" => OneList(action, "imagesSet", Images
                .Where(image => Passes(asked, "name", image.Name) && asked.List("Owner").Contains(image.Owner))
                .Select(image => $"""
                    <imageId>{image.Id}</imageId><name>{image.Name}</name><imageOwnerId>{image.Owner}</imageOwnerId>
                    <architecture>{image.Architecture}</architecture><creationDate>2026-09-14T00:00:00.000Z</creationDate>
                    """)),
            "DescribeInstanceTypeOfferings" when asked["LocationType"] != "availability-zone" =>
                throw AwsRefusal.Fault("InvalidParameterValue", "LocationType"),
            "DescribeInstanceTypeOfferings" => Paged(asked, action, "instanceTypeOfferingSet", Offered
                .Where(type => Passes(asked, "instance-type", type.Key))
                .SelectMany(type => type.Value.Select(zone => $"<instanceType>{type.Key}</instanceType><location>{zone}</location>"))),
            "DescribeInstanceTypes" => Paged(asked, action, "instanceTypeSet", Cores
                .Where(type => Passes(asked, "instance-type", type.Key))
                .Select(type => $"<instanceType>{type.Key}</instanceType><vCpuInfo><defaultVCpus>{type.Value}</defaultVCpus></vCpuInfo>")),
            "DescribeInstances" => Paged(asked, action, "reservationSet", Instances
                .Where(instance => Passes(asked, "instance-state-name", instance.State))
                .Select(Reservation)),
            "DescribeAddresses" => OneList(action, "addressesSet", Addresses
                .Select(address => $"<publicIp>{address.Ip}</publicIp><domain>vpc</domain>{Tags(address.Stack)}")),
            "DescribeVpcs" => Paged(asked, action, "vpcSet", Vpcs.Select(stack => $"<vpcId>vpc-1</vpcId>{Tags(stack)}")),
            _ => Paged(asked, action, "networkInterfaceSet", Interfaces
                .Where(one => Passes(asked, "tag:causeway:stack", one.Stack ?? ""))
                .Select(one => $"<ipv6AddressesSet><item><ipv6Address>{one.Ip}</ipv6Address></item></ipv6AddressesSet>{Tags(one.Stack)}")),
        };
    }

    private static string Reservation(Instance instance) => $"""
        <reservationId>r-1</reservationId><instancesSet><item><instanceId>i-1</instanceId><instanceType>{instance.Type}</instanceType>
        <instanceState><name>{instance.State}</name></instanceState><placement><tenancy>{instance.Tenancy}</tenancy></placement>
        {(instance.Lifecycle is null ? "" : $"<instanceLifecycle>{instance.Lifecycle}</instanceLifecycle>")}
        <cpuOptions><coreCount>{instance.Cores}</coreCount><threadsPerCore>{instance.Threads}</threadsPerCore></cpuOptions>
        {Tags(instance.Stack)}</item></instancesSet>
        """;

    private static bool Passes(QueryForm asked, string filter, string value) =>
        !asked.Filters.TryGetValue(filter, out var wanted) || wanted.Contains(value);

    private static string Tags(string? stack) => stack is null
        ? "<tagSet><item><key>Name</key><value>other</value></item></tagSet>"
        : $"<tagSet><item><key>causeway:stack</key><value>{stack}</value></item></tagSet>";

    private static AwsReply OneList(string action, string list, IEnumerable<string> items, string rest = "") =>
        Ec2Api.Reply(action, $"<{list}>{string.Concat(items.Select(item => $"<item>{item}</item>"))}</{list}>{rest}");

    private AwsReply Paged(QueryForm asked, string action, string list, IEnumerable<string> items)
    {
        var from = int.Parse(asked["NextToken"] ?? "0", CultureInfo.InvariantCulture);
        var all = items.ToList();
        var size = int.Min(PageSize, int.Parse(asked["MaxResults"] ?? "1000", CultureInfo.InvariantCulture));
        var next = (from + size).ToString(CultureInfo.InvariantCulture);
        return OneList(action, list, all.Skip(from).Take(size), from + size < all.Count ? $"<nextToken>{next}</nextToken>" : "");
    }
}

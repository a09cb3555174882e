using Amazon.EC2;
using Amazon.EC2.Model;
using Causeway.Blueprint;
using Causeway.Blueprint.Account;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Quotas;

namespace Causeway.Ops.Account;

/// <summary>What EC2 offers in the stack's region, and what the account uses of it.</summary>
internal sealed class Ec2Facts(AwsSession session, Plan plan) : IDisposable
{
    /// <summary>The maximum of pages of a list. The use is unknown if a list is longer.</summary>
    public const int MaxPages = 10;

    private const int PageSize = 1000;

    private readonly AmazonEC2Client _ec2 = new(session.Credentials, session.Bounded(new AmazonEC2Config()));

    /// <summary>The image of a host: the newest with its name, or null.</summary>
    public async Task<FoundImage?> ImageAsync(HostPlan host, CancellationToken cancellation)
    {
        var found = await session.CallAsync("ec2:DescribeImages", limit => _ec2.DescribeImagesAsync(new()
        {
            Owners = [HostPlan.ImageOwner],
            Filters = [new("name", [host.Image])],
            // A pinned image can be used after Debian has published newer ones.
            IncludeDeprecated = true,
        }, limit), cancellation);
        return found.Images?.MaxBy(image => image.CreationDate) is { } image ? new(image.ImageId, image.Architecture.Value) : null;
    }

    /// <summary>The zones that offer a host's instance type.</summary>
    public async Task<IReadOnlyCollection<string>> OfferedAsync(HostPlan host, CancellationToken cancellation) =>
        await session.CallAsync("ec2:DescribeInstanceTypeOfferings", limit => PagesAsync(async next =>
        {
            var page = await _ec2.DescribeInstanceTypeOfferingsAsync(new()
            {
                LocationType = LocationType.AvailabilityZone,
                Filters = [new("instance-type", [host.InstanceType])],
                NextToken = next,
            }, limit);
            return (page.InstanceTypeOfferings?.Select(offering => offering.Location), page.NextToken);
        }), cancellation);

    /// <summary>The number of vCPUs by instance type.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CoresAsync(CancellationToken cancellation)
    {
        // With a filter, an unknown type isn't an error.
        var found = await session.CallAsync("ec2:DescribeInstanceTypes", limit => _ec2.DescribeInstanceTypesAsync(new()
        {
            Filters = [new("instance-type", [.. plan.Hosts.Select(host => host.InstanceType).Distinct()])],
        }, limit), cancellation);
        return (found.InstanceTypes ?? []).Where(type => type.VCpuInfo?.DefaultVCpus is not null)
            .ToDictionary(type => type.InstanceType.Value, type => type.VCpuInfo.DefaultVCpus!.Value);
    }

    /// <summary>The use of a quota by others and by this stack; null if the quota doesn't count current use.</summary>
    public async Task<(int ByOthers, int Own)?> UseAsync(QuotaNeed need, CancellationToken cancellation) => need.Code switch
    {
        QuotaNeed.ElasticIps => Count((await AddressesAsync(cancellation)).Select(address => (address.Tags, 1))),
        QuotaNeed.Vpcs => Count((await VpcsAsync(cancellation)).Select(vpc => (vpc.Tags, 1))),
        _ when need.Code == QuotaNeed.CodeOf(plan.Hosts[0].InstanceType) => Count((await RunningAsync(cancellation))
            .Where(instance => IsCounted(instance, need.Code)).Select(instance => (instance.Tags, Cores(instance)))),
        _ => null,
    };

    /// <summary>The addresses of this stack: its Elastic IPs, and the IPv6 addresses of its interfaces.</summary>
    public async Task<IReadOnlyCollection<string>> OwnAddressesAsync(CancellationToken cancellation)
    {
        var elastic = await AddressesAsync(cancellation);
        var interfaces = await session.CallAsync("ec2:DescribeNetworkInterfaces", limit => PagesAsync<NetworkInterface>(async next =>
        {
            var page = await _ec2.DescribeNetworkInterfacesAsync(new()
            {
                Filters = [new($"tag:{StackTags.StackTag}", [plan.Settings.Stack])],
                MaxResults = PageSize,
                NextToken = next,
            }, limit);
            return (page.NetworkInterfaces, page.NextToken);
        }), cancellation);
        return
        [
            .. elastic.Where(address => IsOwn(address.Tags)).Select(address => address.PublicIp),
            .. interfaces.SelectMany(one => one.Ipv6Addresses ?? []).Select(one => one.Ipv6Address),
        ];
    }

    public void Dispose() => _ec2.Dispose();

    private async Task<IReadOnlyList<Address>> AddressesAsync(CancellationToken cancellation) =>
        // This request has no pages.
        (await session.CallAsync(
            "ec2:DescribeAddresses", limit => _ec2.DescribeAddressesAsync(new(), limit), cancellation)).Addresses ?? [];

    private Task<IReadOnlyList<Vpc>> VpcsAsync(CancellationToken cancellation) =>
        session.CallAsync("ec2:DescribeVpcs", limit => PagesAsync<Vpc>(async next =>
        {
            var page = await _ec2.DescribeVpcsAsync(new() { MaxResults = PageSize, NextToken = next }, limit);
            return (page.Vpcs, page.NextToken);
        }), cancellation);

    private Task<IReadOnlyList<Instance>> RunningAsync(CancellationToken cancellation) =>
        session.CallAsync("ec2:DescribeInstances", limit => PagesAsync<Instance>(async next =>
        {
            var page = await _ec2.DescribeInstancesAsync(new()
            {
                Filters = [new("instance-state-name", ["pending", "running"])],
                MaxResults = PageSize,
                NextToken = next,
            }, limit);
            return (page.Reservations?.SelectMany(reservation => reservation.Instances ?? []), page.NextToken);
        }), cancellation);

    private static async Task<IReadOnlyList<T>> PagesAsync<T>(Func<string?, Task<(IEnumerable<T>? Found, string? Next)>> page)
    {
        var (all, next) = (new List<T>(), (string?)null);
        for (var number = 0; number < MaxPages; number++)
        {
            (var found, next) = await page(next);
            all.AddRange(found ?? []);
            if (string.IsNullOrEmpty(next)) return all;
        }
        throw new NotKnownException($"the list has more than {MaxPages} pages");
    }

    // Spot instances have another quota, and instances on dedicated hosts count as hosts.
    private static bool IsCounted(Instance instance, string code) =>
        instance.InstanceLifecycle != InstanceLifecycleType.Spot
        && instance.Placement?.Tenancy != Tenancy.Host
        && QuotaNeed.CodeOf(instance.InstanceType.Value) == code;

    private static int Cores(Instance instance) => instance.CpuOptions is { CoreCount: { } cores, ThreadsPerCore: { } threads }
        ? cores * threads
        : QuotaNeed.Cores(instance.InstanceType.Value) ?? 0;

    private (int, int) Count(IEnumerable<(List<Tag> Tags, int Weight)> used)
    {
        var (others, own) = (0, 0);
        foreach (var (tags, weight) in used)
        {
            if (IsOwn(tags)) own += weight;
            else others += weight;
        }
        return (others, own);
    }

    private bool IsOwn(List<Tag>? tags) => tags?.Any(tag => tag.Key == StackTags.StackTag && tag.Value == plan.Settings.Stack) == true;
}

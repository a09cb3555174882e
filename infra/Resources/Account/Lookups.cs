using Causeway.Blueprint;
using Causeway.Blueprint.Account;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Naming;
using Pulumi;
using Pulumi.Aws.Ec2;
using Pulumi.Aws.Ec2.Inputs;
using Pulumi.Aws.Route53;

namespace Causeway.Infra.Resources.Account;

/// <summary>The look-ups before anything is created.</summary>
internal static class Lookups
{
    /// <summary>The id of the machine image that the settings name.</summary>
    /// <param name="host">The host that starts from it.</param>
    /// <param name="region">The stack's region.</param>
    /// <param name="options">The options of the look-up.</param>
    public static Output<string> Image(HostPlan host, string region, InvokeOptions options) =>
        Output.Create(ImageAsync(host, region, options));

    /// <summary>The availability zone, once it is known to offer the host's instance type.</summary>
    /// <param name="host">The host.</param>
    /// <param name="zone">The zone, as <c>eu-central-1a</c>.</param>
    /// <param name="options">The options of the look-up.</param>
    public static Output<string> Zone(HostPlan host, string zone, InvokeOptions options) => Output.Create(ZoneAsync(host, zone, options));

    /// <summary>The hosted zone of the stack's names, once they are known to be free there or the stack's own.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="name">The zone's name.</param>
    /// <param name="options">The options of the look-up.</param>
    public static Output<(string Id, string Arn)> HostedZone(Plan plan, string name, InvokeOptions options) =>
        Output.Create(HostedZoneAsync(plan, name, options));

    private static async Task<string> ImageAsync(HostPlan host, string region, InvokeOptions options)
    {
        var found = await Lookup.AskAsync<FoundImage?>(AccountQuestion.Image(host, region), async () =>
        {
            var image = await GetAmi.InvokeAsync(new()
            {
                Owners = { HostPlan.ImageOwner },
                Filters = { new GetAmiFilterArgs { Name = "name", Values = { host.Image } } },
                // Debian deprecates an image after newer ones; a pinned one stays usable.
                IncludeDeprecated = true,
            }, options);
            return new FoundImage(image.Id, image.Architecture);
        });
        return found!.Id;
    }

    private static async Task<string> ZoneAsync(HostPlan host, string zone, InvokeOptions options)
    {
        await Lookup.AskAsync<IReadOnlyCollection<string>>(AccountQuestion.Offering(host, zone), async () =>
        {
            var found = await GetInstanceTypeOfferings.InvokeAsync(new()
            {
                LocationType = "availability-zone",
                Filters = { new GetInstanceTypeOfferingsFilterArgs { Name = "instance-type", Values = { host.InstanceType } } },
            }, options);
            return found.Locations;
        });
        return zone;
    }

    private static async Task<(string Id, string Arn)> HostedZoneAsync(Plan plan, string name, InvokeOptions options)
    {
        var arn = "";
        var zones = await Lookup.AskAsync<IReadOnlyList<FoundZone>>(AccountQuestion.HostedZone(name), async () =>
        {
            var zone = await GetZone.InvokeAsync(new() { Name = name, PrivateZone = false }, options);
            arn = zone.Arn;
            return [new FoundZone(zone.ZoneId, zone.Name)];
        });
        await Lookup.AskAsync(AccountQuestion.Records(plan), () => RecordsAsync(plan, zones[0].Id, options));
        return (zones[0].Id, arn);
    }

    private static async Task<ZoneRecords> RecordsAsync(Plan plan, string zone, InvokeOptions options)
    {
        var found = await GetRecords.InvokeAsync(new() { ZoneId = zone, NameRegex = ZoneRecords.PatternOf(plan) }, options);
        IReadOnlyList<ListedRecord> listed =
        [
            .. found.ResourceRecordSets.Select(record => new ListedRecord(
                record.Name, record.Type, record.ResourceRecords.IsDefault ? [] : [.. record.ResourceRecords.Select(one => one.Value)])),
        ];
        return new(listed, ZoneRecords.NeedsOwnAddresses(plan, listed) ? await OwnAddressesAsync(plan, options) : []);
    }

    /// <summary>The Elastic IPs of the stack, of all generations.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="options">The options of the look-up.</param>
    public static async Task<IReadOnlyCollection<string>> ElasticIpsAsync(Plan plan, InvokeOptions options) =>
        (await GetEips.InvokeAsync(new() { Tags = OwnTag(plan) }, options)).PublicIps;

    private static async Task<IReadOnlyCollection<string>> OwnAddressesAsync(Plan plan, InvokeOptions options)
    {
        var elastic = await ElasticIpsAsync(plan, options);
        var interfaces = await GetNetworkInterfaces.InvokeAsync(new() { Tags = OwnTag(plan) }, options);
        var each = await Task.WhenAll(interfaces.Ids.Select(id => GetNetworkInterface.InvokeAsync(new() { Id = id }, options)));
        return [.. elastic, .. each.SelectMany(one => one.Ipv6Addresses)];
    }

    private static Dictionary<string, string> OwnTag(Plan plan) => new() { [StackTags.StackTag] = plan.Tags[StackTags.StackTag] };
}

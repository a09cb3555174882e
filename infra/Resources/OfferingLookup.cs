using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Settings;
using Pulumi;
using Pulumi.Aws.Ec2;
using Pulumi.Aws.Ec2.Inputs;

namespace Causeway.Infra.Resources;

/// <summary>Asks whether the instance type of the settings can be had in their availability zone, before anything is made there.</summary>
internal static class OfferingLookup
{
    /// <summary>Gives the zone back when the host's instance type is offered there.</summary>
    /// <param name="host">The host.</param>
    /// <param name="zone">The zone, as <c>eu-central-1a</c>.</param>
    /// <param name="options">Whose provider asks.</param>
    /// <exception cref="OfferingException">The type is not offered in the zone, or that cannot be asked.</exception>
    public static Output<string> Zone(HostPlan host, string zone, InvokeOptions options) => Output.Create(ZoneAsync(host, zone, options));

    private static async Task<string> ZoneAsync(HostPlan host, string zone, InvokeOptions options)
    {
        string[] offered;
        try
        {
            var found = await GetInstanceTypeOfferings.InvokeAsync(new()
            {
                LocationType = "availability-zone",
                Filters = { new GetInstanceTypeOfferingsFilterArgs { Name = "instance-type", Values = { host.InstanceType } } },
            }, options);
            offered = [.. found.Locations.Distinct().Order(StringComparer.Ordinal)];
        }
        catch (Exception failure)
        {
            throw new OfferingException($"{SettingKey.InstanceType.Name}: which zones offer {host.InstanceType} cannot be asked", failure);
        }

        if (offered.Contains(zone)) return zone;
        throw new OfferingException(offered.Length == 0
            ? $"{SettingKey.InstanceType.Name}: {host.InstanceType} is not offered in this region; choose another type: pulumi config set causeway:{SettingKey.InstanceType.Name} TYPE"
            : $"{SettingKey.Zone.Name}: {host.InstanceType} is not offered in {zone}, but in {string.Join(", ", offered)}; choose one of these: "
              + $"pulumi config set causeway:{SettingKey.Zone.Name} {offered[0][^1]}");
    }
}

/// <summary>The instance type of the settings is not offered where the settings want it, or that cannot be asked.</summary>
public sealed class OfferingException(string problem, Exception? failure = null) : RunException(
    failure is null ? problem : $"{problem}. What came back:\n  {failure.Message}", failure);

using System.Collections.Immutable;
using Causeway.Blueprint.Settings;
using Causeway.Tests.Support.Aws.Route53;
using Causeway.Tests.Support.Aws.Stacks;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>Creates registered stacks in an account.</summary>
internal static class Stacks
{
    public static Plan Named(string stack, params (string Key, string Value)[] changes) =>
        Planner.Plan(StackSettingsReader.Read(stack, Plans.Texts(changes)), Plans.Artifacts);

    public static Task<StackInCloud> StandUpAsync(AwsCloud cloud, string stack, params (string Key, string Value)[] changes) =>
        StandUpAsync(cloud, created: null, stack, changes);

    public static async Task<StackInCloud> StandUpAsync(
        AwsCloud cloud, DateTimeOffset? created, string stack, params (string Key, string Value)[] changes) =>
        (await Registered.From(Named(stack, changes))).StandUp(cloud, created);

    /// <summary>Creates the registered resources in the plan's region, and the hosted zone if the account has none.</summary>
    /// <param name="registered">The resources.</param>
    /// <param name="cloud">The account.</param>
    /// <param name="created">The time of creation; null for now.</param>
    public static StackInCloud StandUp(this Registered registered, AwsCloud cloud, DateTimeOffset? created = null)
    {
        var settings = registered.Plan.Settings;
        if (registered.Of(Types.Record) is [var record, ..] && !cloud.Zones.TryFind((string)record["zoneId"]!, out _))
        {
            cloud.Zones.Add(new CloudZone
            {
                Id = (string)record["zoneId"]!,
                Region = AwsCloud.GlobalRegion,
                Domain = settings.HostedZone!,
            }.WithOwnRecords());
        }
        var resources = registered.Resources.Select(one => new StackResource(one.Type, one.Name, Tagged(one), one.State));
        return StackInCloud.StandUp(cloud, settings.Region, resources, created);

        // The provider adds its default tags.
        IReadOnlyDictionary<string, object> Tagged(RegisteredResource one) => !one.TakesTags
            ? one.Inputs
            : one.Inputs.SetItem("tags", registered.TagsOf(one).ToImmutableDictionary(tag => tag.Key, tag => (object)tag.Value));
    }
}

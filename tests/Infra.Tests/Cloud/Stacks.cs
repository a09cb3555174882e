using System.Collections.Immutable;
using Causeway.Blueprint.Settings;
using Causeway.Tests.Support.Aws.Route53;
using Causeway.Tests.Support.Aws.Stacks;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>Stacks as they are registered, stood up in an account.</summary>
internal static class Stacks
{
    /// <summary>The plan of a stack with a name, in an account that has others.</summary>
    public static Plan Named(string stack, params (string Key, string Value)[] changes) =>
        Planner.Plan(StackSettingsReader.Read(stack, Plans.Texts(changes)), Plans.Artifacts);

    /// <summary>Registers a stack with a name and stands it up.</summary>
    public static Task<StackInCloud> StandUpAsync(AwsCloud cloud, string stack, params (string Key, string Value)[] changes) =>
        StandUpAsync(cloud, created: null, stack, changes);

    /// <summary>The same, created at a time.</summary>
    public static async Task<StackInCloud> StandUpAsync(
        AwsCloud cloud, DateTimeOffset? created, string stack, params (string Key, string Value)[] changes) =>
        (await Registered.From(Named(stack, changes))).StandUp(cloud, created);

    /// <summary>Stands up what was registered, in the plan's region; the zone of its domain is made when the account has none.</summary>
    /// <param name="registered">What was registered.</param>
    /// <param name="cloud">The account.</param>
    /// <param name="created">When; now when it is not said.</param>
    public static StackInCloud StandUp(this Registered registered, AwsCloud cloud, DateTimeOffset? created = null)
    {
        var settings = registered.Plan.Settings;
        if (registered.Of("aws:route53/record:Record") is [var record, ..] && !cloud.Zones.TryFind((string)record["zoneId"]!, out _))
        {
            cloud.Zones.Add(new CloudZone
            {
                Id = (string)record["zoneId"]!,
                Region = AwsCloud.GlobalRegion,
                Domain = settings.HostedZone!,
            }.WithOwnRecords());
        }
        return StackInCloud.StandUp(cloud, settings.Region,
            registered.Resources.Select(one => new StackResource(one.Type, one.Name, Tagged(one), one.State)), created);

        // As the provider does: its default tags are on everything that takes tags.
        IReadOnlyDictionary<string, object> Tagged(RegisteredResource one) => !one.TakesTags
            ? one.Inputs
            : one.Inputs.SetItem("tags", registered.TagsOf(one).ToImmutableDictionary(tag => tag.Key, tag => (object)tag.Value));
    }
}

using System.Collections.Immutable;
using System.Text.Json;

namespace Causeway.Infra.Tests;

/// <summary>
/// What an update changes while the old generation runs. The engine creates what has a new name and deletes what is gone only after
/// everything else succeeded, the gate included. What keeps its name is changed or replaced before that, whatever the gate says.
/// </summary>
public class ChangesInPlaceTests
{
    // Everything else gets another name when it changes.
    private static readonly Dictionary<(string Type, string Input), string> Allowed = new()
    {
        [(Types.Provider, "defaultTags")] = "People and bills read tags, no host does.",
        [(Types.IngressRule, "description")] =
            "The name of a rule says what it opens; the description says why.",
        [(Types.SecretVersion, "secretString")] =
            "Hosts read secrets when they start, all of them at once, so the two services of a host agree.",
        [(Types.Secret, "recoveryWindowInDays")] = "Counts when the secret is deleted.",
        [(Types.Bucket, "forceDestroy")] = "Counts when the bucket is deleted.",
        [(Types.LogGroup, "retentionInDays")] = "Hosts do not read the log.",
        [(Types.Subscription, "endpoint")] = "The recipient of alarms.",
        // These wait for the gate; see GateTests.
        [(Types.EipAssociation, "networkInterfaceId")] =
            "Signalling's address moves when the new generation was found good.",
        [(Types.HealthCheck, "fqdn")] = "The page is watched where it is.",
        [(Types.HealthCheck, "ipAddress")] = "The page is watched where it is.",
        [(Types.HealthCheck, "enableSni")] = "The page is watched where it is.",
    };

    // A stack cannot move to another region (docs/recovery.md), and drainSeconds is about the update itself.
    public static TheoryData<string> Changed => [.. Plans.Changeable.Except(["region", "drainSeconds"])];

    [Theory, MemberData(nameof(Changed))]
    public async Task What_a_setting_changes_has_another_name_or_is_listed(string key)
    {
        var change = Plans.Change(key);
        var (before, after) = (await Registered.From(change.Before), await Registered.From(change.After));
        Assert.NotEqual(Whole(before), Whole(after));
        Assert.Equal("", NotAllowed(Inputs(before, after)));
    }

    [Fact]
    public async Task The_same_holds_between_any_two_plans_and_the_list_has_nothing_else()
    {
        var (before, after) = Plans.Change("alarmEmail");
        Registered[] all =
        [
            .. await Registered.Every(),
            await Registered.From(before),
            await Registered.From(after),
        ];
        var changed = all.SelectMany((one, index) => all.Skip(index + 1).SelectMany(other => Inputs(one, other))).ToList();

        Assert.Equal("", NotAllowed(changed));
        Assert.All(Allowed.Keys, reason => Assert.Contains(changed, input => input.Input == reason.Input && reason.Type == input.Type));
    }

    private static string NotAllowed(IEnumerable<(string Type, string Input, string Text)> changed) => string.Join(
        '\n', changed.Where(input => !Allowed.ContainsKey((input.Type, input.Input))).Select(input => input.Text).Distinct());

    private static IEnumerable<(string Type, string Input, string Text)> Inputs(Registered before, Registered after)
    {
        var kept = after.Resources.ToDictionary(resource => resource.Id);
        foreach (var old in before.Resources.Where(resource => kept.ContainsKey(resource.Id)))
        {
            var now = kept[old.Id];
            foreach (var input in old.Inputs.Keys.Union(now.Inputs.Keys).Where(input => Text(input, old) != Text(input, now)))
                yield return (old.Type, input, $"{old.Id} {input}: {Text(input, old)} becomes {Text(input, now)}");
        }
    }

    private static string Text(string input, RegisteredResource resource) =>
        JsonSerializer.Serialize(input == "tags" ? resource[input] : WithoutTags(resource[input]));

    // Of a part of a resource, as the disk of an instance.
    private static object? WithoutTags(object? value) => value switch
    {
        ImmutableDictionary<string, object> map => map
            .Where(input => input.Key != "tags")
            .OrderBy(input => input.Key, StringComparer.Ordinal)
            .ToDictionary(input => input.Key, input => WithoutTags(input.Value)),
        ImmutableArray<object> list => list.Select(WithoutTags).ToList(),
        _ => value,
    };

    private static IEnumerable<string> Whole(Registered registered) =>
        from resource in registered.Resources
        let inputs = resource.Inputs.OrderBy(input => input.Key, StringComparer.Ordinal)
        orderby resource.Id
        select $"{resource.Id} {JsonSerializer.Serialize(inputs)}";
}

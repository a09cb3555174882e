using System.Collections.Immutable;
using System.Text.Json;

namespace Causeway.Infra.Tests;

/// <summary>
/// What an update changes below the generation that runs. The engine makes what has a new name, changes or replaces what keeps its name,
/// and deletes what has no name any more when all of the rest has succeeded, the gate too. A resource that is replaced is deleted then as
/// well, or when the next update begins: so what keeps its name is changed before the gate, whatever becomes of it.
/// </summary>
public class ChangesInPlaceTests
{
    // Whatever is not here has another name when it changes.
    private static readonly Dictionary<(string Type, string Input), string> Allowed = new()
    {
        [("pulumi:providers:aws", "defaultTags")] = "People and bills read tags, no host does.",
        [("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "description")] =
            "What a rule opens is its name; what for is said beside it.",
        [("aws:secretsmanager/secretVersion:SecretVersion", "secretString")] =
            "Hosts read secrets when they start, all of them at once, so the two services of a host agree.",
        [("aws:secretsmanager/secret:Secret", "recoveryWindowInDays")] = "Counts when the secret is deleted.",
        [("aws:s3/bucket:Bucket", "forceDestroy")] = "Counts when the bucket is deleted.",
        [("aws:cloudwatch/logGroup:LogGroup", "retentionInDays")] = "Hosts do not read the log.",
        [("aws:sns/topicSubscription:TopicSubscription", "endpoint")] = "The recipient of alarms.",
        // These wait for the gate: GateTests says so.
        [("aws:ec2/eipAssociation:EipAssociation", "networkInterfaceId")] =
            "Signalling's address moves when the new generation was found good.",
        [("aws:route53/healthCheck:HealthCheck", "fqdn")] = "The page is watched where it is.",
        [("aws:route53/healthCheck:HealthCheck", "ipAddress")] = "The page is watched where it is.",
        [("aws:route53/healthCheck:HealthCheck", "enableSni")] = "The page is watched where it is.",
    };

    // A stack cannot move to another region; docs/recovery.md says so. How long an update waits is the update's own matter.
    private static IEnumerable<(string Name, (string Key, string Value)[] Before, (string Key, string Value)[] After)> SettingsChanged =>
        Plans.Changes.Where(change => change.Key is not ("region" or "drainSeconds")).Select(change =>
            (change.Key, change.Value.Before, change.Value.After));

    public static TheoryData<string> Changed => [.. SettingsChanged.Select(change => change.Name)];

    [Theory, MemberData(nameof(Changed))]
    public async Task What_a_setting_changes_has_another_name_or_is_stated(string key)
    {
        var change = Plans.Changes[key];
        var (before, after) = (await Registered.From(Plans.Of(change.Before)), await Registered.From(Plans.Of(change.After)));
        Assert.NotEqual(Whole(before), Whole(after));
        Assert.Equal("", string.Join('\n', InPlace(before, after)));
    }

    [Fact]
    public async Task Between_any_two_plans_of_the_spread_too_and_every_reason_is_needed()
    {
        var change = Plans.Changes["alarmEmail"];
        Registered[] all =
        [
            .. await Registered.Every(),
            await Registered.From(Plans.Of(change.Before)),
            await Registered.From(Plans.Of(change.After)),
        ];
        var changed = all.SelectMany((before, index) => all.Skip(index + 1).SelectMany(after => Inputs(before, after))).ToList();

        Assert.Equal(
            "",
            string.Join(
                '\n',
                changed.Where(input => !IsAllowed(input.Type, input.Input))
                    .Select(input => input.Text).Distinct().Order(StringComparer.Ordinal)));
        Assert.All(Allowed.Keys, reason => Assert.Contains(changed, input => input.Input == reason.Input && reason.Type == input.Type));
    }

    private static bool IsAllowed(string type, string input) => Allowed.ContainsKey((type, input));

    private static IEnumerable<string> InPlace(Registered before, Registered after) =>
        Inputs(before, after).Where(input => !IsAllowed(input.Type, input.Input)).Select(input => input.Text);

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
        ImmutableDictionary<string, object> map =>
            map.Where(input => input.Key != "tags").OrderBy(input => input.Key, StringComparer.Ordinal).ToDictionary(
                input => input.Key, input => WithoutTags(input.Value)),
        ImmutableArray<object> list => list.Select(WithoutTags).ToList(),
        _ => value,
    };

    private static string Whole(Registered registered) =>
        string.Join(
            '\n',
            registered.Resources.Select(resource =>
                $"{resource.Id} {JsonSerializer.Serialize(resource.Inputs.OrderBy(input => input.Key, StringComparer.Ordinal))}")
                .Order(StringComparer.Ordinal));
}

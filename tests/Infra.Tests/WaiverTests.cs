using Causeway.Blueprint.Policies;

namespace Causeway.Infra.Tests;

public class WaiverTests
{
    /// <summary>AccessPolicies tests the waivers for permissions, and HostFilesTests those for units.</summary>
    [Theory, EveryPlan]
    public async Task There_is_a_waiver_for_every_departure_and_no_other(Plan plan)
    {
        var registered = await Registered.From(plan);
        var departures = new List<(string, string)> { (string.Join(", ", WithoutOwnKey(registered)), Waivers.CustomerKey) };
        if (registered.Of(Types.Topic).Any(topic => topic["kmsMasterKeyId"] is null))
            departures.Add(("alarm topics", Waivers.EncryptedTopic));
        var networkInterface = registered.One(Types.Instance).Map("primaryNetworkInterface")["networkInterfaceId"];
        if (registered.Of(Types.EipAssociation).Any(association => Equals(association["networkInterfaceId"], networkInterface)))
            departures.Add(("host", Waivers.NoPublicAddress));
        var rotations = registered.Of("aws:secretsmanager/secretRotation:SecretRotation");
        if (registered.Of(Types.Secret).Count > rotations.Count)
            departures.Add(("secrets", Waivers.AutomaticRotation));
        if (registered.One(Types.LogGroup).Number("retentionInDays") < 365)
            departures.Add(("refused traffic", Waivers.YearOfLogs));

        Assert.Equal(
            departures.Order(),
            plan.Waivers.Where(waiver => waiver.Rule is not (Waivers.WildcardResource or Waivers.HardenedUnits))
                .Select(waiver => (waiver.Subject, waiver.Rule))
                .Order());
    }

    private static IEnumerable<string> WithoutOwnKey(Registered registered)
    {
        if (registered.One(Types.Instance).At("rootBlockDevice.kmsKeyId") is null) yield return "volume";
        if (registered.One(Types.Encryption).At("rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId") is null) yield return "bucket";
        if (registered.Of(Types.Secret).Any(secret => secret["kmsKeyId"] is null)) yield return "secrets";
        if (registered.One(Types.LogGroup)["kmsKeyId"] is null) yield return "logs";
    }
}

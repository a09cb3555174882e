using System.Collections.Immutable;
using Causeway.Blueprint.Policies;

namespace Causeway.Infra.Tests;

public class WaiverTests
{
    /// <summary>
    /// A waiver for what a stack no longer does is as wrong as a departure without one. Those for permissions are compared in
    /// AccessPolicies, that for a unit in HostFilesTests.
    /// </summary>
    [Theory, EveryPlan]
    public async Task The_waivers_are_exactly_what_the_registered_resources_depart_from(Plan plan)
    {
        var registered = await Registered.From(plan);
        var departures = new List<(string, string)> { (string.Join(", ", WithoutOwnKey(registered)), Waivers.CustomerKey) };
        if (registered.Of("aws:sns/topic:Topic").Any(topic => topic["kmsMasterKeyId"] is null))
            departures.Add(("alarm topics", Waivers.EncryptedTopic));
        var networkInterface = registered.One("aws:ec2/instance:Instance").Map("primaryNetworkInterface")["networkInterfaceId"];
        var associations = registered.Of("aws:ec2/eipAssociation:EipAssociation");
        if (associations.Any(association => Equals(association["networkInterfaceId"], networkInterface)))
            departures.Add(("host", Waivers.NoPublicAddress));
        var rotations = registered.Of("aws:secretsmanager/secretRotation:SecretRotation");
        if (registered.Of("aws:secretsmanager/secret:Secret").Count > rotations.Count)
            departures.Add(("secrets", Waivers.AutomaticRotation));
        if (Convert.ToInt32(registered.One("aws:cloudwatch/logGroup:LogGroup")["retentionInDays"]) < 365)
            departures.Add(("refused traffic", Waivers.YearOfLogs));

        Assert.Equal(
            departures.Order(),
            plan.Waivers.Where(waiver => waiver.Rule is not (Waivers.WildcardResource or Waivers.HardenedUnits))
                .Select(waiver => (waiver.Subject, waiver.Rule)).Order());
    }

    private static IEnumerable<string> WithoutOwnKey(Registered registered)
    {
        if (!registered.One("aws:ec2/instance:Instance").Map("rootBlockDevice").ContainsKey("kmsKeyId")) yield return "volume";
        var rule = (ImmutableDictionary<string, object>)Assert.Single(
            registered.One("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").List("rules"));
        if (!((ImmutableDictionary<string, object>)rule["applyServerSideEncryptionByDefault"]).ContainsKey("kmsMasterKeyId"))
            yield return "bucket";
        if (registered.Of("aws:secretsmanager/secret:Secret").Any(secret => secret["kmsKeyId"] is null)) yield return "secrets";
        if (registered.One("aws:cloudwatch/logGroup:LogGroup")["kmsKeyId"] is null) yield return "logs";
    }
}

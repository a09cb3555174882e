using Causeway.Blueprint.Sweep;
using static Causeway.Blueprint.Tests.Sweep.Found;

namespace Causeway.Blueprint.Tests.Sweep;

public class SweepKindsTests
{
    [Fact]
    public void Every_kind_comes_after_those_that_are_removed_before_it()
    {
        var before = new HashSet<string>();
        Assert.All(SweepKinds.All, kind =>
        {
            Assert.All(kind.After, other => Assert.Contains(other, before));
            Assert.True(before.Add(kind.Name), kind.Name);
        });
    }

    [Fact]
    public void A_type_is_of_one_kind_and_every_kind_is_known()
    {
        var types = SweepKinds.All.SelectMany(kind => kind.Types).ToList();
        Assert.Equal(types.Distinct(), types);
        // What comes with an instance, and what no plan has yet.
        Assert.Equal(
            [SweepKinds.LaunchTemplate, SweepKinds.Volume],
            SweepKinds.All.Where(kind => kind.Types.Count == 0).Select(kind => kind.Name));
    }

    [Fact]
    public void Each_kind_has_commands_with_the_region_where_it_has_one() => Assert.All(SweepKinds.All, kind =>
    {
        var found = One(kind.Name, facts: [(Fact.Vpc, "vpc-1"), (Fact.Association, "eipassoc-1"), (Fact.Zone, "Z1"), (Fact.RecordType, "A"),
            (Fact.Ttl, "60"), (Fact.Values, "203.0.113.1")]);
        var global = kind.Name is SweepKinds.Record or SweepKinds.HealthCheck or SweepKinds.Role or SweepKinds.InstanceProfile;
        Assert.All(SweepKinds.Commands(found), command =>
        {
            Assert.StartsWith("aws ", command, StringComparison.Ordinal);
            Assert.Equal(!global, command.Contains(" --region us-east-1", StringComparison.Ordinal));
        });
    });

    [Fact]
    public void A_records_command_says_all_of_it() => Assert.Equal(
        ["aws route53 change-resource-record-sets --hosted-zone-id Z1 --change-batch "
            + "'{\"Changes\":[{\"Action\":\"DELETE\",\"ResourceRecordSet\":"
            + "{\"Name\":\"call.example.org\",\"Type\":\"A\",\"TTL\":60,\"ResourceRecords\":[{\"Value\":\"203.0.113.1\"}]}}]}'"],
        SweepKinds.Commands(One(
            SweepKinds.Record, "call.example.org", "global",
            facts: [(Fact.Zone, "Z1"), (Fact.RecordType, "A"), (Fact.Ttl, "60"), (Fact.Values, "203.0.113.1")])));

    [Fact]
    public void A_name_with_signs_of_a_shell_stands_in_quotes() => Assert.Equal(
        ["aws cloudwatch delete-alarms --alarm-names 'it'\\''s; rm -rf $HOME' --region us-east-1"],
        SweepKinds.Commands(One(SweepKinds.Alarm, "it's; rm -rf $HOME")));
}

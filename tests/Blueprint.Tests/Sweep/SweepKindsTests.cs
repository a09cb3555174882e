using Causeway.Blueprint.Sweep;
using static Causeway.Blueprint.Tests.Sweep.Found;

namespace Causeway.Blueprint.Tests.Sweep;

public class SweepKindsTests
{
    [Fact]
    public void Kinds_are_in_the_order_of_removal()
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
        Assert.Distinct(SweepKinds.All.SelectMany(kind => kind.Types));
        // Volumes come with an instance; no plan has a launch template yet.
        Assert.Equal(
            [SweepKinds.LaunchTemplate, SweepKinds.Volume],
            SweepKinds.All.Where(kind => kind.Types.Count == 0).Select(kind => kind.Name));
    }

    [Fact]
    public void The_commands_of_each_regional_kind_name_the_region() => Assert.All(SweepKinds.All, kind =>
    {
        var found = One(kind.Name, facts: [(Fact.Vpc, "vpc-1"), (Fact.Association, "eipassoc-1"), .. RecordFacts]);
        var global = kind.Name is SweepKinds.Record or SweepKinds.HealthCheck or SweepKinds.Role or SweepKinds.InstanceProfile;
        Assert.All(SweepKinds.Commands(found), command =>
        {
            Assert.StartsWith("aws ", command, StringComparison.Ordinal);
            Assert.Equal(!global, command.Contains(" --region us-east-1", StringComparison.Ordinal));
        });
    });

    private static readonly (string, string)[] RecordFacts =
        [(Fact.Zone, "Z1"), (Fact.RecordType, "A"), (Fact.Ttl, "60"), (Fact.Values, "203.0.113.1")];

    [Fact]
    public void The_command_for_a_record_has_all_of_its_values() => Assert.Equal(
        "aws route53 change-resource-record-sets --hosted-zone-id Z1 --change-batch "
        + """'{"Changes":[{"Action":"DELETE","ResourceRecordSet":"""
        + """{"Name":"call.example.org","Type":"A","TTL":60,"ResourceRecords":[{"Value":"203.0.113.1"}]}}]}'""",
        Assert.Single(SweepKinds.Commands(One(SweepKinds.Record, "call.example.org", FoundResource.Global, facts: RecordFacts))));

    [Fact]
    public void A_name_with_special_characters_of_a_shell_is_quoted() => Assert.Equal(
        ["aws cloudwatch delete-alarms --alarm-names 'it'\\''s; rm -rf $HOME' --region us-east-1"],
        SweepKinds.Commands(One(SweepKinds.Alarm, "it's; rm -rf $HOME")));
}

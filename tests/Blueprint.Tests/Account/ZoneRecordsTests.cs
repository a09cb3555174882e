using System.Text.RegularExpressions;
using Causeway.Blueprint.Account;

namespace Causeway.Blueprint.Tests.Account;

public class ZoneRecordsTests
{
    private const string Own = "203.0.113.2", OwnIpv6 = "2001:db8::1";

    private static IEnumerable<string> Mistakes(Plan plan, params IReadOnlyList<ListedRecord> listed) =>
        new ZoneRecords(listed, [Own, OwnIpv6]).Mistakes(plan).Select(mistake => mistake.ToString());

    private static IEnumerable<string> Mistakes(params IReadOnlyList<ListedRecord> listed) => Mistakes(Plans.Of(), listed);

    [Theory]
    [InlineData("A", "192.0.2.1", "A 192.0.2.1")]
    [InlineData("AAAA", "2001:db8::2", "AAAA 2001:db8::2")]
    [InlineData("CNAME", "www.example.net", "CNAME www.example.net")]
    [InlineData("A", "", "A (an alias)")]
    [InlineData("A", "203.0.113.2,192.0.2.1", "A 203.0.113.2, 192.0.2.1")]
    public void A_foreign_record_is_a_mistake_with_setting_value_and_fix(string type, string values, string shown) => Assert.Equal(
        [
            $"domain: call.example.org has records that don't belong to this stack in the hosted zone example.org: {shown}. "
            + "Remove them, or choose another domain: pulumi config set causeway:domain NAME. "
            + "If this stack created them and they were changed since, remove them and run pulumi up --refresh",
        ],
        Mistakes(new ListedRecord("call.example.org.", type, values.Split(',', StringSplitOptions.RemoveEmptyEntries))));

    [Theory]
    [InlineData("A", Own)]
    [InlineData("AAAA", "2001:0db8:0:0::1")]
    [InlineData("MX", "10 mail.example.org.")]
    [InlineData("TXT", "\"hello\"")]
    [InlineData("CAA", "0 issue \"letsencrypt.org; validationmethods=dns-01\"")]
    [InlineData("CAA", "0 iodef \"mailto:caa@example.org\"")]
    public void A_record_of_this_stack_or_of_a_type_that_it_does_not_create_is_accepted(string type, string value) =>
        Assert.Empty(Mistakes(new ListedRecord("call.example.org.", type, [value])));

    [Fact]
    public void Only_the_names_of_the_stack_are_checked() => Assert.Empty(Mistakes(
        new ListedRecord(@"\052.call.example.org.", "A", ["192.0.2.1"]),
        new ListedRecord("example.org.", "A", ["192.0.2.1"]),
        new ListedRecord("example.org.", "NS", ["ns-1.awsdns-01.org."])));

    [Fact]
    public void A_stack_with_IPv4_only_accepts_foreign_AAAA_records() =>
        Assert.Empty(Mistakes(Plans.Of(("dualStack", "false")), new ListedRecord("call.example.org.", "AAAA", ["2001:db8::2"])));

    [Fact]
    public void The_relays_name_is_checked_too()
    {
        var plan = Plans.Of();
        var mistake = Assert.Single(Mistakes(plan, new ListedRecord($"{plan.RelayName}.", "A", ["192.0.2.1"])));
        Assert.StartsWith($"domain: {plan.RelayName} has records", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eu.call.example.org", "call.example.org")]
    [InlineData("call.example.org", "call.example.org")]
    public void A_domain_that_is_delegated_to_another_zone_is_a_mistake_with_that_zone(string domain, string delegated) => Assert.Equal(
        [
            $"hostedZone: example.org delegates {delegated} to ns-1.example.net., so resolvers would not see a record for {domain} in it; "
            + $"set the zone there: pulumi config set causeway:hostedZone {delegated}",
        ],
        Mistakes(Plans.Of(("domain", domain)), new ListedRecord($"{delegated}.", "NS", ["ns-1.example.net."])));

    [Theory]
    [InlineData("CNAME", "challenges.example.net")]
    [InlineData("NS", "ns-1.example.net.")]
    public void A_challenge_name_that_points_elsewhere_is_a_mistake(string type, string value) => Assert.Equal(
        [
            $"domain: _acme-challenge.call.example.org points elsewhere in the hosted zone example.org ({type} {value}), "
            + "so the host couldn't prove to the certificate authority that it controls the domain; remove it",
        ],
        Mistakes(new ListedRecord("_acme-challenge.call.example.org.", type, [value])));

    [Fact]
    public void A_leftover_challenge_is_accepted() =>
        Assert.Empty(Mistakes(new ListedRecord("_acme-challenge.call.example.org.", "TXT", ["\"token\""])));

    [Theory]
    [InlineData("0 issue \"pki.example\"", "pki.example")]
    [InlineData("0 issue \";\"", "none")]
    [InlineData("128 issuewild \"pki.example\"", "pki.example")]
    public void CAA_records_that_allow_only_another_authority_are_a_mistake(string value, string allowed) => Assert.StartsWith(
        $"domain: call.example.org gets no certificate from Let's Encrypt: the CAA records of example.org allow {allowed}. "
        + "Add 0 issue \"letsencrypt.org\"",
        Assert.Single(Mistakes(new ListedRecord("example.org.", "CAA", [value]))),
        StringComparison.Ordinal);

    [Fact]
    public void The_closest_CAA_records_decide_and_those_of_an_unknown_authority_are_not_checked()
    {
        var above = new ListedRecord("example.org.", "CAA", ["0 issue \"pki.example\""]);
        Assert.Empty(Mistakes(above, new ListedRecord("call.example.org.", "CAA", ["0 issue \"letsencrypt.org\""])));
        Assert.Empty(Mistakes(Plans.Of(("acmeDirectory", "https://ca.example.org/directory")), above));
    }

    [Theory, EveryPlan]
    public void The_pattern_matches_every_name_of_the_stack_and_no_other(Plan plan)
    {
        var names = ZoneRecords.NamesOf(plan);
        Assert.Equal(plan.Settings.Domain is null, names.Count == 0);
        Assert.All(names, name => Assert.Matches(ZoneRecords.PatternOf(plan), $"{name}."));
        Assert.All(["callxexample.org.", "a.call.example.org.", "call.example.org.net."], other =>
            Assert.DoesNotMatch(new Regex(ZoneRecords.PatternOf(plan)), other));
    }

    [Fact]
    public void All_mistakes_are_reported_together() => Assert.Equal(2, Mistakes(
        new ListedRecord("call.example.org.", "A", ["192.0.2.1"]),
        new ListedRecord("example.org.", "CAA", ["0 issue \"pki.example\""])).Count());
}

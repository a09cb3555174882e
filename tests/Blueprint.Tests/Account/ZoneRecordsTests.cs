using System.Text.RegularExpressions;
using Causeway.Blueprint.Account;

namespace Causeway.Blueprint.Tests.Account;

public class ZoneRecordsTests
{
    private const string Own = "203.0.113.2", OwnIpv6 = "2001:db8::1";

    private static IEnumerable<string> Told(Plan plan, params IReadOnlyList<ListedRecord> listed) =>
        new ZoneRecords(listed, [Own, OwnIpv6]).Mistakes(plan).Select(mistake => $"{mistake}");

    private static IEnumerable<string> Told(params IReadOnlyList<ListedRecord> listed) => Told(Plans.Of(), listed);

    [Theory]
    [InlineData("A", "192.0.2.1", "A 192.0.2.1")]
    [InlineData("AAAA", "2001:db8::2", "AAAA 2001:db8::2")]
    [InlineData("CNAME", "www.example.net", "CNAME www.example.net")]
    [InlineData("A", "", "A (an alias)")]
    [InlineData("A", "203.0.113.2,192.0.2.1", "A 203.0.113.2, 192.0.2.1")]
    public void A_record_of_another_is_told_with_its_setting_its_value_and_what_to_do(string type, string values, string shown)
        => Assert.Equal(
        [
            $"domain: call.example.org has records that don't belong to this stack in the hosted zone example.org: {shown}. "
            + "Remove them, or choose another domain: pulumi config set causeway:domain NAME. "
            + "If this stack created them and they were changed since, remove them and run pulumi up --refresh",
        ],
        Told(new ListedRecord("call.example.org.", type, values.Split(',', StringSplitOptions.RemoveEmptyEntries))));

    [Theory]
    [InlineData("A", Own)]
    [InlineData("AAAA", "2001:0db8:0:0::1")]
    [InlineData("MX", "10 mail.example.org.")]
    [InlineData("TXT", "\"hello\"")]
    [InlineData("CAA", "0 issue \"letsencrypt.org; validationmethods=dns-01\"")]
    [InlineData("CAA", "0 iodef \"mailto:caa@example.org\"")]
    public void A_record_of_this_stack_or_of_a_type_that_it_does_not_make_is_fine(string type, string value) =>
        Assert.Empty(Told(new ListedRecord("call.example.org.", type, [value])));

    [Fact]
    public void Only_the_names_of_the_stack_are_looked_at() => Assert.Empty(Told(
        new ListedRecord(@"\052.call.example.org.", "A", ["192.0.2.1"]),
        new ListedRecord("example.org.", "A", ["192.0.2.1"]),
        new ListedRecord("example.org.", "NS", ["ns-1.awsdns-01.org."])));

    [Fact]
    public void An_IPv4_stack_makes_no_AAAA_record_and_meets_none() =>
        Assert.Empty(Told(Plans.Of(("dualStack", "false")), new ListedRecord("call.example.org.", "AAAA", ["2001:db8::2"])));

    [Fact]
    public void A_relays_name_is_the_stacks_too()
    {
        var plan = Plans.Of();
        var told = Assert.Single(Told(plan, new ListedRecord($"{plan.RelayName}.", "A", ["192.0.2.1"])));
        Assert.StartsWith($"domain: {plan.RelayName} has records", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eu.call.example.org", "call.example.org")]
    [InlineData("call.example.org", "call.example.org")]
    public void A_domain_that_was_delegated_to_another_zone_is_told_with_that_zone(string domain, string delegated) => Assert.Equal(
        [
            $"hostedZone: example.org delegates {delegated} to ns-1.example.net., so resolvers would not see a record for {domain} in it; "
            + $"set the zone there: pulumi config set causeway:hostedZone {delegated}",
        ],
        Told(Plans.Of(("domain", domain)), new ListedRecord($"{delegated}.", "NS", ["ns-1.example.net."])));

    [Theory]
    [InlineData("CNAME", "challenges.example.net")]
    [InlineData("NS", "ns-1.example.net.")]
    public void A_challenges_name_that_leads_elsewhere_is_told(string type, string value) => Assert.Equal(
        [
            $"domain: _acme-challenge.call.example.org points elsewhere in the hosted zone example.org ({type} {value}), "
            + "so the host couldn't prove to the certificate authority that it controls the domain; remove it",
        ],
        Told(new ListedRecord("_acme-challenge.call.example.org.", type, [value])));

    [Fact]
    public void A_challenge_that_was_left_is_fine() =>
        Assert.Empty(Told(new ListedRecord("_acme-challenge.call.example.org.", "TXT", ["\"token\""])));

    [Theory]
    [InlineData("0 issue \"pki.example\"", "pki.example")]
    [InlineData("0 issue \";\"", "none")]
    [InlineData("128 issuewild \"pki.example\"", "pki.example")]
    public void CAA_records_that_allow_another_authority_alone_are_told(string value, string allowed) => Assert.StartsWith(
        $"domain: call.example.org gets no certificate from Let's Encrypt: the CAA records of example.org allow {allowed}. "
        + "Add 0 issue \"letsencrypt.org\"",
        Assert.Single(Told(new ListedRecord("example.org.", "CAA", [value]))), StringComparison.Ordinal);

    [Fact]
    public void The_closest_CAA_records_decide_and_another_authoritys_are_not_known()
    {
        ListedRecord[] records =
            [new("example.org.", "CAA", ["0 issue \"pki.example\""]), new("call.example.org.", "CAA", ["0 issue \"letsencrypt.org\""])];
        Assert.Empty(Told(records));
        Assert.Empty(Told(Plans.Of(("acmeDirectory", "https://ca.example.org/directory")), records[0]));
    }

    [Theory, EveryPlan]
    public void The_pattern_finds_every_name_that_is_asked_for_and_no_other(Plan plan)
    {
        var names = ZoneRecords.NamesOf(plan);
        Assert.Equal(plan.Settings.Domain is null, names.Count == 0);
        Assert.All(names, name => Assert.Matches(ZoneRecords.PatternOf(plan), $"{name}."));
        Assert.All(["callxexample.org.", "a.call.example.org.", "call.example.org.net."], other =>
            Assert.DoesNotMatch(new Regex(ZoneRecords.PatternOf(plan)), other));
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once() => Assert.Equal(2, Told(
        new ListedRecord("call.example.org.", "A", ["192.0.2.1"]),
        new ListedRecord("example.org.", "CAA", ["0 issue \"pki.example\""])).Count());
}

using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Ports;
using CsCheck;

namespace Causeway.Blueprint.Tests.Limits;

public class PlanLimitTests
{
    private static string Refusal(Plan plan) => Assert.Single(PlanLimits.Mistakes(plan)).ToString();

    [Fact]
    public void Any_valid_settings_fit() => AnySettings.Plan.Sample(plan => Assert.Empty(PlanLimits.Mistakes(plan)), iter: 100);

    [Fact]
    public void A_text_that_is_too_long_or_has_a_wrong_character_is_refused_with_limit_and_source()
    {
        var plan = Plans.Of();
        Plan Described(string text) =>
            plan with { Rules = [new(Direction.Ingress, "tcp", PortRange.Of(443), FirewallRule.EverywhereIpv4, text)] };
        Assert.Equal(
            $"description of ingress rule {plan.Network.Name}-in-tcp-443: has 256 characters, and AWS allows 255 (EC2, IpRange); "
            + "choose shorter settings",
            Refusal(Described(new('x', 256))));
        Assert.EndsWith(
            "has a character that AWS refuses there (EC2, IpRange); choose other settings",
            Refusal(Described("the page's own port")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void User_data_is_counted_in_bytes()
    {
        var plan = Plans.Of();
        var host = plan.Hosts[0];
        var room = CloudInit.MaxBytes - PlanLimits.Count(LimitUnit.Bytes, host.CloudInit.Render());
        Plan With(string command) => plan with
        {
            Hosts = [host with { CloudInit = host.CloudInit with { Commands = [.. host.CloudInit.Commands, [command]] } }],
        };
        // A command adds seven bytes around it: "- ['", "']" and the line's end.
        Assert.Empty(PlanLimits.Mistakes(With(new('x', room - 7))));
        Assert.Contains("has 16385 bytes, and AWS allows 16384", Refusal(With(new string('x', room - 8) + "é")), StringComparison.Ordinal);
    }

    [Fact]
    public void Default_tags_that_leave_no_room_are_refused_by_name()
    {
        var many = Enumerable.Range(0, 6).ToDictionary(number => $"tag{number}", _ => "value");
        const string fix = "; take some out, or set them as tags, of which such resources get fewer";
        Assert.Equal(
            [
                "aws:defaultTags: 6 tags are too many: "
                    + $"a bucket object has 11 tags then, and AWS allows 10 (S3, PutObjectTagging){fix}",
                "aws:defaultTags: 6 tags are too many: "
                    + $"a health check has 11 tags then, and AWS allows 10 (Route 53, ChangeTagsForResource){fix}",
            ],
            PlanLimits.Mistakes(Plans.Of() with { DefaultTags = many }).Select(mistake => mistake.ToString()));
    }

    [Fact]
    public void Default_tags_that_differ_from_others_in_case_alone_are_refused() => Assert.Equal(
        "aws:defaultTags: Team differs in case alone from the tag team, which AWS refuses; write it the same, or choose another",
        Refusal(Plans.Of(("tags", """{"team":"calls"}""")) with { DefaultTags = new Dictionary<string, string> { ["Team"] = "calls" } }));

    [Fact]
    public void Tags_that_do_not_fit_are_listed()
    {
        var plan = Plans.Of(("tags", """{"a":"1","b":"2","c":"3","d":"4","e":"5","f":"6","g":"7"}"""));
        Assert.Equal(["f", "g"], new ResourceTags(plan).LeftOut("health check"));
        Assert.Empty(new ResourceTags(plan).LeftOut("bucket"));
    }
}

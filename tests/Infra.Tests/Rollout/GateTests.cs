using Causeway.Infra.Resources.Rollout;
using Causeway.Turn.Protocol;

namespace Causeway.Infra.Tests.Rollout;

/// <summary>When the gate is asked, about what, and what its answer does to the stack.</summary>
public class GateTests
{
    [Fact]
    public async Task The_gate_is_asked_about_the_new_relay_with_all_of_its_transports()
    {
        var asked = new List<GateTarget>();
        var plan = Plans.Of();
        var registered = await Registered.From(plan, target =>
        {
            asked.Add(target);
            return Task.CompletedTask;
        });

        var target = Assert.Single(asked);
        Assert.Equal("203.0.113.1", target.Address.ToString());
        var record = registered.Of(Types.Record).Single(record =>
            record["name"] is string name && name == plan.RelayName && record["type"] is "AAAA");
        Assert.Equal(record.List("records").Single(), target.Ipv6?.ToString());
        Assert.Equal(plan.Services.Ice.TurnUrls, target.TurnUrls);
        Assert.Equal(
            Credentials.Mint(plan.TurnSecret.Reveal(), "gate", long.Parse(target.Credentials.Username.Split(':')[0])), target.Credentials);
    }

    [Fact]
    public async Task A_relay_without_IPv6_is_asked_about_by_IPv4_alone()
    {
        var asked = new List<GateTarget>();
        await Registered.From(Plans.Of(("dualStack", "false")), target =>
        {
            asked.Add(target);
            return Task.CompletedTask;
        });
        Assert.Null(Assert.Single(asked).Ipv6);
    }

    // The engine prints no stack trace of those.
    [Theory, InlineData(typeof(GateFailedException)), InlineData(typeof(GenerationNotAdmittedException))]
    public void A_refusal_is_told_without_a_stack_trace(Type refusal) => Assert.True(refusal.IsSubclassOf(typeof(Pulumi.RunException)));

    [Fact]
    public void A_refusal_says_what_stays_what_removes_it_and_where_to_read_more()
    {
        var target = Admissions.TargetOf(Plans.Of(), "203.0.113.2");
        Exception[] refusals =
        [
            new GateFailedException(target.Address, ["nothing arrives"]),
            new GenerationNotAdmittedException(target, "nothing arrives"),
        ];
        Assert.All(refusals, refusal => Assert.All(
            ["cost", "restore the settings and update", "docs/recovery.md, 'After a failed update'"], text =>
                Assert.Contains(text, refusal.Message.Split('\n')[0], StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_relay_that_is_not_admitted_fails_the_update_and_gets_no_address_of_the_stack()
    {
        var registered = new Registered { Plan = Plans.Of() };
        await Assert.ThrowsAnyAsync<Exception>(() =>
            registered.RegisterAsync(target => throw new GateFailedException(target.Address, ["turn: nothing arrives"])));

        Assert.Single(registered.Of(Types.Instance));
        Assert.DoesNotContain(registered.Of(Types.EipAssociation), association =>
            association.Name.EndsWith("signalling", StringComparison.Ordinal));
        // By IPv6 the page is at the host itself.
        Assert.DoesNotContain(registered.Of(Types.Record), record =>
            record["type"] is "AAAA" && record["name"] is "call.example.org");
    }

    public static TheoryData<string, bool> WaysToFail => new()
    {
        { "demo with a domain", true },
        { "demo with a domain", false },
        { "demo without a domain", true },
        { "demo without a domain", false },
    };

    /// <summary>Missing data raises an alarm, and so does a page that is probed before it is served.</summary>
    [Theory, MemberData(nameof(WaysToFail))]
    public async Task A_page_that_is_not_served_yet_is_not_watched(string plan, bool probed)
    {
        var registered = new Registered { Plan = Plans.All[plan] };
        await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(
            target => probed ? throw new GateFailedException(target.Address, ["turn: nothing arrives"]) : Task.CompletedTask,
            admit: target => throw new GenerationNotAdmittedException(target, "no answer")));

        Assert.Empty(registered.Of(Types.HealthCheck));
        Assert.DoesNotContain(registered.Of(Types.Alarm), alarm => alarm["metricName"] is "HealthCheckStatus");
    }

    [Theory, InlineData(true, "deployer"), InlineData(false, "off")]
    public async Task Nothing_is_probed_in_a_preview_or_when_the_gate_is_off(bool preview, string gate)
    {
        var asked = 0;
        await Registered.From(Plans.Of(("gate", gate)), _ => Task.FromResult(++asked), preview);
        Assert.Equal(0, asked);
    }
}

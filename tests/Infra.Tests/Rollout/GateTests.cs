using Causeway.Infra.Resources.Rollout;
using Causeway.Turn.Protocol;

namespace Causeway.Infra.Tests.Rollout;

public class GateTests
{
    [Fact]
    public async Task The_gate_probes_all_transports_of_the_new_relay()
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
        var record = registered.Of(Types.Record)
            .Single(record => (string)record["name"]! == plan.RelayName && record["type"] is "AAAA");
        Assert.Equal(record.List("records").Single(), target.Ipv6?.ToString());
        Assert.Equal(plan.Services.Ice.TurnUrls, target.TurnUrls);
        var expiry = long.Parse(target.Credentials.Username.Split(':')[0]);
        Assert.Equal(Credentials.Mint(plan.TurnSecret.Reveal(), "gate", expiry), target.Credentials);
    }

    [Fact]
    public async Task A_relay_without_IPv6_is_probed_only_over_IPv4()
    {
        var asked = new List<GateTarget>();
        await Registered.From(Plans.Of(("dualStack", "false")), target =>
        {
            asked.Add(target);
            return Task.CompletedTask;
        });
        Assert.Null(Assert.Single(asked).Ipv6);
    }

    // The engine prints a RunException without a stack trace.
    [Theory, InlineData(typeof(GateFailedException)), InlineData(typeof(GenerationNotAdmittedException))]
    public void A_refusal_is_printed_without_a_stack_trace(Type refusal) => Assert.True(refusal.IsSubclassOf(typeof(Pulumi.RunException)));

    [Fact]
    public void A_refusal_says_what_stays_how_to_remove_it_and_where_to_read_more()
    {
        var target = Admissions.TargetOf(Plans.Of(), "203.0.113.2");
        Exception[] refusals =
        [
            new GateFailedException(target.Address, ["nothing arrives"]),
            new GenerationNotAdmittedException(target, "nothing arrives"),
        ];
        string[] texts = ["cost", "restore the settings and update", "docs/recovery.md, 'After a failed update'"];
        Assert.All(refusals, refusal =>
        {
            var line = refusal.Message.Split('\n')[0];
            Assert.All(texts, text => Assert.Contains(text, line, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task A_relay_that_fails_the_gate_fails_the_update_and_the_stacks_address_stays()
    {
        var registered = new Registered { Plan = Plans.Of() };
        await Assert.ThrowsAnyAsync<Exception>(() =>
            registered.RegisterAsync(target => throw new GateFailedException(target.Address, ["turn: nothing arrives"])));

        Assert.Single(registered.Of(Types.Instance));
        Assert.DoesNotContain(
            registered.Of(Types.EipAssociation), association => association.Name.EndsWith("signalling", StringComparison.Ordinal));
        // The page's IPv6 address is the host's own.
        Assert.DoesNotContain(
            registered.Of(Types.Record), record => record["type"] is "AAAA" && record["name"] is "call.example.org");
    }

    /// <summary>Missing data would raise an alarm, and so would a page that is probed before it is served.</summary>
    [Theory]
    [InlineData("demo with a domain", true)]
    [InlineData("demo with a domain", false)]
    [InlineData("demo without a domain", true)]
    [InlineData("demo without a domain", false)]
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

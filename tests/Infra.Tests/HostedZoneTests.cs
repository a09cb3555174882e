using Causeway.Blueprint.Tests;
using Causeway.Infra.Resources;
using Pulumi;

namespace Causeway.Infra.Tests;

public class HostedZoneTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_zone_that_is_not_there_is_told_with_the_setting_that_names_it(bool preview)
    {
        var registered = new Registered { Plan = Plans.Of(("hostedZone", "")), ZoneFailure = "no matching Route 53 Hosted Zone found" };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(preview: preview));

        Assert.Contains("hostedZone: call.example.org cannot be found", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("pulumi config set causeway:hostedZone ZONE", failure.ToString(), StringComparison.Ordinal);
        Assert.Contains("no matching Route 53 Hosted Zone found", failure.ToString(), StringComparison.Ordinal);
    }

    // The engine prints those alone without a stack trace.
    [Fact]
    public void It_is_told_without_a_stack_trace() => Assert.True(typeof(HostedZoneException).IsSubclassOf(typeof(RunException)));
}

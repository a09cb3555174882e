using Causeway.Infra.Resources;

namespace Causeway.Infra.Tests;

/// <summary>What the console says of a demo whose day has passed.</summary>
public class ExpiryTests
{
    private const string Expired =
        "expires: 2026-12-31 has passed, so `ops sweep` may delete the stack any day; extend it with: ops extend dev, or remove it with: "
        + "pulumi destroy --stack dev";

    [Theory]
    [InlineData(true, "2027-01-01", Expired)]
    [InlineData(false, "2027-01-01", Expired)]
    [InlineData(true, "2026-12-31")]
    [InlineData(false, "2026-12-31")]
    public async Task A_preview_and_an_update_of_an_expired_demo_say_so_and_register_everything(
        bool preview, string today, params string[] said)
    {
        var warnings = new List<string>();
        var registered = new Registered
        {
            Plan = Plans.Of(("expires", "2026-12-31")),
            Today = DateOnly.ParseExact(today, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            Warn = warnings.Add,
        };
        await registered.RegisterAsync(preview: preview);
        Assert.Equal(said, warnings);
        Assert.NotEmpty(registered.Of("aws:ec2/instance:Instance"));
    }

    [Fact]
    public async Task A_production_stack_is_not_warned_of_an_expiry()
    {
        var warnings = new List<string>();
        await new Registered
        {
            Plan = Plans.Of(("stage", "production"), ("expires", "")),
            Today = new(2026, 12, 31),
            Warn = warnings.Add,
        }.RegisterAsync();
        Assert.Empty(warnings);
    }

    /// <summary>An error would: the engine ends an update with one.</summary>
    [Fact]
    public async Task A_warning_fails_no_update()
    {
        var day = DateOnly.FromDateTime(DateTime.UtcNow);
        Assert.InRange(new CausewayStackArgs { Plan = Plans.Of() }.Today, day, day.AddDays(1));
        var registered = new Registered { Plan = Plans.Of(("expires", "2020-01-01")) };
        await registered.RegisterAsync();
        Assert.NotEmpty(registered.Resources);
    }
}

using System.Globalization;
using Causeway.Infra.Resources;

namespace Causeway.Infra.Tests;

public class ExpiryTests
{
    private const string Expired =
        "expires: 2026-12-31 has passed, so `ops sweep` may delete the stack any day; "
        + "extend it with: ops extend dev, or remove it with: pulumi destroy --stack dev";

    [Theory]
    [InlineData(true, "2027-01-01", Expired)]
    [InlineData(false, "2027-01-01", Expired)]
    [InlineData(true, "2026-12-31")]
    [InlineData(false, "2026-12-31")]
    public async Task A_preview_and_an_update_of_an_expired_demo_warn_and_register_everything(
        bool preview, string today, params string[] expected)
    {
        var warnings = new List<string>();
        var registered = new Registered
        {
            Plan = Plans.Of(("expires", "2026-12-31")),
            Today = DateOnly.Parse(today, CultureInfo.InvariantCulture),
            Warn = warnings.Add,
        };
        await registered.RegisterAsync(preview: preview);
        Assert.Equal(expected, warnings);
        Assert.NotEmpty(registered.Of(Types.Instance));
    }

    [Fact]
    public async Task A_production_stack_has_no_warning_about_its_expiry()
    {
        var warnings = new List<string>();
        var registered = new Registered { Plan = Plans.All["production"], Today = new(2026, 12, 31), Warn = warnings.Add };
        await registered.RegisterAsync();
        Assert.Empty(warnings);
    }

    /// <summary>By default a warning goes to the engine's log; an error there would fail the update.</summary>
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

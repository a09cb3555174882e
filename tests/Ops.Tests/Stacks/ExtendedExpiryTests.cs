using Causeway.Blueprint.Formats;
using Causeway.Ops.Stacks;

namespace Causeway.Ops.Tests.Stacks;

public class ExtendedExpiryTests
{
    private static readonly DateOnly Today = new(2026, 11, 29);

    private static DateOnly? Day(string? text) => text is null ? null : IsoDay.TryRead(text);

    [Theory]
    // Two weeks from today, even if it has expired.
    [InlineData(null, null, "2026-12-03", "2026-12-13")]
    [InlineData(null, null, "2026-11-01", "2026-12-13")]
    [InlineData(null, null, null, "2026-12-13")]
    [InlineData(30, null, "2026-12-03", "2026-12-29")]
    // Never shorter, even beyond the maximum.
    [InlineData(1, null, "2026-12-13", "2026-12-13")]
    [InlineData(null, null, "2027-12-31", "2027-12-31")]
    [InlineData(null, "2027-12-31", "2027-12-31", "2027-12-31")]
    [InlineData(null, "2026-11-29", "2026-11-01", "2026-11-29")]
    [InlineData(90, null, null, "2027-02-27")]
    [InlineData(null, "2027-02-27", null, "2027-02-27")]
    public void The_day_is_the_requested_one_and_never_before_the_current_expiry(int? days, string? until, string? current, string day) =>
        Assert.Equal(Day(day), ExtendedExpiry.Of(days, Day(until), Day(current), Today));

    [Theory]
    [InlineData(7, "2026-12-13", null, "--days and --until exclude each other; pass one of them")]
    [InlineData(null, "2026-11-28", null, "--until: 2026-11-28 has passed; pass today or a later day")]
    [InlineData(
        null, "2026-12-01", "2026-12-13",
        "--until: 2026-12-01 is before the current expiry, 2026-12-13; this command only extends")]
    [InlineData(
        null, "2027-02-28", null,
        "--until: 2027-02-28 is more than 90 days from today; pass 2027-02-27 or an earlier day, and extend again later, "
        + "or set stage to production")]
    public void An_invalid_request_is_rejected(int? days, string? until, string? current, string line)
    {
        var refused = Assert.Throws<OpsException>(() => ExtendedExpiry.Of(days, Day(until), Day(current), Today));
        Assert.Equal((OpsException.Wrong, line), (refused.ExitCode, refused.Message));
    }

    [Theory]
    [InlineData("0"), InlineData("91"), InlineData("-1"), InlineData("14d"), InlineData("")]
    public void Days_are_a_number_from_1_to_90(string text) => Assert.Throws<OpsException>(() => ExtendedExpiry.Days(text));

    [Theory]
    [InlineData("2026-11-29", "today"), InlineData("2026-11-30", "in 1 day"), InlineData("2026-12-13", "in 14 days")]
    [InlineData("2026-11-28", "1 day ago"), InlineData("2026-11-01", "28 days ago")]
    public void A_day_is_shown_relative_to_today(string day, string shown) =>
        Assert.Equal(shown, ExtendedExpiry.Away(Day(day)!.Value, Today));
}

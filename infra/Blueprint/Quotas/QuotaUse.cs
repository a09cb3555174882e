using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Quotas;

/// <summary>An account's limit for a quota, and what it uses.</summary>
/// <param name="ByOthers">What everything else in the account uses there; null when unknown.</param>
/// <param name="Own">What this stack uses now; null when unknown.</param>
public sealed record QuotaUse(QuotaNeed Need, int Limit, int? ByOthers, int? Own)
{
    /// <summary>
    /// Gets what the account uses during an update; null when unknown. It includes generations left by failed updates: an update adds one
    /// to them.
    /// </summary>
    public int? Peak => Need.AtPeak is { } peak && Need.AtRest is { } rest && ByOthers is { } others && Own is { } own
        ? others + int.Max(peak, own == 0 ? 0 : own + peak - rest)
        : null;

    /// <summary>What is wrong; null when the limit suffices, and when that is unknown.</summary>
    public Mistake? Mistake(string region)
    {
        if ((Peak ?? Need.AtPeak) is not { } peak || peak <= Limit) return null;
        var others = Peak is null ? 0 : ByOthers ?? 0;
        var byOthers = Peak is null ? "" : $"{others} in use by others and ";
        var (name, remedy) = Need.Setting is null ? ("", "Free some") : ($" ({Need.Name})", "Choose a smaller one, free some");
        return new(Need.Setting ?? Need.Name, null,
            $"the account's limit is {Limit} in {region}{name}, and an update needs {peak}: "
            + $"{byOthers}{peak - others} for this stack. {remedy}, or request an increase:\n"
            + $"  aws service-quotas request-service-quota-increase --region {region} --service-code {Need.Service} "
            + $"--quota-code {Need.Code} --desired-value {peak}");
    }
}

using System.Globalization;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Quotas;

/// <summary>What an account has of a quota, and what it takes of it already.</summary>
/// <param name="Need">What the stack takes.</param>
/// <param name="Limit">How much the account may have in the region.</param>
/// <param name="ByOthers">How much everything else of the account takes there; null where that is not known.</param>
/// <param name="Own">How much this very stack takes now; null where that is not known.</param>
public sealed record QuotaUse(QuotaNeed Need, int Limit, int? ByOthers, int? Own)
{
    /// <summary>
    /// How much the account takes while an update runs; null where that is not known. Generations that failed updates left count on top:
    /// an update adds one to what is there.
    /// </summary>
    public int? Peak => Need.AtPeak is { } peak && Need.AtRest is { } rest && ByOthers is { } others && Own is { } own
        ? others + int.Max(peak, own == 0 ? 0 : own + peak - rest)
        : null;

    /// <summary>What is wrong; null when it is enough, or not known.</summary>
    /// <param name="region">The stack's region.</param>
    public Mistake? Mistake(string region)
    {
        if ((Peak ?? Need.AtPeak) is not { } peak || peak <= Limit) return null;
        var others = Peak is null ? 0 : ByOthers ?? 0;
        var byOthers = Peak is null ? "" : $"{Number(others)} in use by others and ";
        var (name, remedy) = Need.Setting is null ? ("", "Free some") : ($" ({Need.Name})", "Choose a smaller one, free some");
        return new(Need.Setting ?? Need.Name, null,
            $"the account may have {Number(Limit)} in {region}{name}, and it takes {Number(peak)}: "
            + $"{byOthers}{Number(peak - others)} of this stack while an update runs. {remedy}, or ask for more:\n"
            + $"  aws service-quotas request-service-quota-increase --region {region} --service-code {Need.Service} "
            + $"--quota-code {Need.Code} --desired-value {Number(peak)}");
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

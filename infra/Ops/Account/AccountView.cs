using System.Text.Json.Serialization;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Account;

/// <summary>What came of a question.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AnswerState>))]
internal enum AnswerState
{
    /// <summary>The account has what the plan needs.</summary>
    [JsonStringEnumMemberName("fits")]
    Fits,

    /// <summary>The stack cannot be deployed, or not updated.</summary>
    [JsonStringEnumMemberName("wrong")]
    Wrong,

    /// <summary>There is no answer.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}

/// <summary>What the account says to a plan.</summary>
/// <param name="Id">The account's number; null when it was not asked.</param>
/// <param name="NotAsked">Why it was not; null when it was.</param>
/// <param name="Answers">What it said.</param>
/// <param name="Quotas">What it may have, and has.</param>
internal sealed record AccountView(
    string? Id, string? NotAsked, IReadOnlyList<AccountView.Answer> Answers, IReadOnlyList<AccountView.QuotaRow> Quotas)
{
    /// <summary>An answer.</summary>
    /// <param name="About">The setting, or the quota, that it is about.</param>
    /// <param name="State">What came of it.</param>
    /// <param name="Text">It in words; what to do when it is wrong.</param>
    public sealed record Answer(string About, AnswerState State, string Text);

    /// <summary>A quota of the account in the stack's region.</summary>
    /// <param name="Code">Its code in Service Quotas.</param>
    /// <param name="Limit">How much the account may have; null where that is not known.</param>
    /// <param name="ByOthers">How much everything but this stack takes; null where use does not count, or is not known.</param>
    /// <param name="Own">How much this stack takes now.</param>
    /// <param name="AtPeak">How much all of it takes while an update runs.</param>
    public sealed record QuotaRow(string Code, int? Limit, int? ByOthers, int? Own, int? AtPeak);

    /// <summary>An account that was not asked.</summary>
    public static AccountView Unasked(string reason) => new(null, reason, [], []);

    /// <summary>Why the stack cannot be deployed there.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Wrong => [.. Answers.Where(answer => answer.State == AnswerState.Wrong).Select(answer => answer.Text)];

    /// <summary>No answer.</summary>
    public static Answer Unknown(string about, NotKnownException reason) => new(about, AnswerState.Unknown, $"not known: {reason.Message}");

    /// <summary>An answer that does not fit.</summary>
    public static Answer Of(Mistake mistake) => new(mistake.Key, AnswerState.Wrong, $"{mistake}");
}

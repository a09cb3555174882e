using System.Text.Json.Serialization;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Account;

/// <summary>The outcome of a check.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AnswerState>))]
internal enum AnswerState
{
    /// <summary>The account has what the plan needs.</summary>
    [JsonStringEnumMemberName("fits")]
    Fits,

    /// <summary>The stack can't be deployed, or can't be updated.</summary>
    [JsonStringEnumMemberName("wrong")]
    Wrong,

    /// <summary>The account gave no answer.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}

/// <summary>The result of checking a plan against an account.</summary>
/// <param name="Id">The account's number; null if it was not queried.</param>
/// <param name="NotAsked">Why it was not queried; null if it was.</param>
/// <param name="Answers">The results.</param>
/// <param name="Quotas">The quotas, with their use.</param>
internal sealed record AccountView(
    string? Id, string? NotAsked, IReadOnlyList<AccountView.Answer> Answers, IReadOnlyList<AccountView.QuotaRow> Quotas)
{
    /// <summary>The result of one check.</summary>
    /// <param name="About">The setting or quota that was checked.</param>
    /// <param name="State">The outcome.</param>
    /// <param name="Text">The finding; with the fix if it is wrong.</param>
    public sealed record Answer(string About, AnswerState State, string Text);

    /// <summary>A quota of the account in the stack's region.</summary>
    /// <param name="Code">The code in Service Quotas.</param>
    /// <param name="Limit">The limit; null if unknown.</param>
    /// <param name="ByOthers">The use by everything but this stack; null if unknown, or if the quota doesn't count current use.</param>
    /// <param name="Own">The current use by this stack.</param>
    /// <param name="AtPeak">The total use during an update.</param>
    public sealed record QuotaRow(string Code, int? Limit, int? ByOthers, int? Own, int? AtPeak);

    /// <summary>The view of an account that was not queried.</summary>
    public static AccountView Unasked(string reason) => new(null, reason, [], []);

    /// <summary>Gets the reasons why the stack can't be deployed to the account.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Wrong => [.. Answers.Where(answer => answer.State == AnswerState.Wrong).Select(answer => answer.Text)];

    public static Answer Unknown(string about, NotKnownException reason) => new(about, AnswerState.Unknown, $"unknown: {reason.Message}");

    public static Answer Of(Mistake mistake) => new(mistake.Key, AnswerState.Wrong, $"{mistake}");
}

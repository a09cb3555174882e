using Causeway.Blueprint.Account;
using Causeway.Blueprint.Settings;
using Pulumi;

namespace Causeway.Infra.Resources.Account;

/// <summary>
/// Looks up in the account what a plan depends on. An answer that does not fit names the wrong setting, already in the preview.
/// </summary>
internal static class Lookup
{
    /// <summary>Looks something up and checks the answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="ask">
    /// The call. Not the variant that returns an output: its failure would be a stack trace that names no setting.
    /// <see cref="Output.Create{T}(Task{T})"/> turns the result into one.
    /// </param>
    /// <exception cref="LookupException">The provider failed, or the answer does not fit.</exception>
    public static async Task<TAnswer> AskAsync<TAnswer>(AccountQuestion<TAnswer> question, Func<Task<TAnswer>> ask)
    {
        TAnswer answer;
        try
        {
            answer = await ask();
        }
        catch (Exception failure)
        {
            throw new LookupException([question.Unanswered], failure);
        }
        return question.Judge(answer) is { Count: > 0 } mistakes ? throw new LookupException(mistakes) : answer;
    }
}

/// <summary>
/// Something that the settings name does not exist, does not fit, or cannot be looked up. The engine shows it without a stack trace.
/// </summary>
public sealed class LookupException(IReadOnlyList<Mistake> mistakes, Exception? failure = null) : RunException(
    string.Join('\n', mistakes) + (failure is null ? "" : $"\nThe error:\n  {failure.Message}"), failure);

using Causeway.Blueprint.Account;
using Causeway.Blueprint.Settings;
using Pulumi;

namespace Causeway.Infra.Resources.Account;

/// <summary>
/// Asks the provider what a plan needs to know, and says which setting is wrong when the answer does not fit: in the preview already.
/// </summary>
internal static class Lookup
{
    /// <summary>Asks, and judges the answer.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="ask">
    /// How. Not by the look-up that gives an output: its failure would be a stack trace that names no setting.
    /// <see cref="Output.Create{T}(Task{T})"/> makes one of the result.
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

/// <summary>What the settings name is not there, does not fit, or cannot be asked for. The engine shows it without a stack trace.</summary>
public sealed class LookupException(IReadOnlyList<Mistake> mistakes, Exception? failure = null) : RunException(
    string.Join('\n', mistakes) + (failure is null ? "" : $"\nWhat came back:\n  {failure.Message}"), failure);

namespace Causeway.Protocol.Tests.Fuzzing;

/// <summary>Runs a target over changed inputs.</summary>
internal static class FuzzRun
{
    /// <summary>Runs a number of inputs.</summary>
    /// <exception cref="FuzzFailureException">An input broke the target.</exception>
    public static void Run(FuzzTarget target, int seed, long inputs)
    {
        var mutations = new Mutations(target.Corpus, seed);
        for (var i = 0L; i < inputs; i++) Run(target, mutations.Next());
    }

    /// <summary>Runs one input.</summary>
    /// <exception cref="FuzzFailureException">It broke the target.</exception>
    public static void Run(FuzzTarget target, ReadOnlySpan<byte> input)
    {
        try
        {
            target.Run(input);
        }
        catch (Exception broken)
        {
            throw new FuzzFailureException(target.Name, Convert.ToHexString(input), broken);
        }
    }
}

/// <summary>An input that broke a target.</summary>
/// <param name="target">The target's name.</param>
/// <param name="input">The input, in hexadecimal.</param>
/// <param name="broken">What the target threw.</param>
internal sealed class FuzzFailureException(string target, string input, Exception broken)
    : Exception($"The target '{target}' broke on this input; run it alone: script/fuzz replay {target} {input}", broken)
{
    /// <summary>Gets the input, in hexadecimal.</summary>
    public string Input => input;
}

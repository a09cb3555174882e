using System.CommandLine;
using System.Globalization;

namespace Causeway.Ops;

/// <summary>Options that take a number of seconds.</summary>
internal static class SecondsOption
{
    /// <summary>How long an account has for an answer.</summary>
    public static Option<int> AccountTimeout() => Create("--timeout", "How many seconds the account has for each answer", most: 600, usual: 15);

    /// <summary>Makes one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="meaning">What it means, in words that the bounds follow.</param>
    /// <param name="most">The most that it takes; the least is 1.</param>
    /// <param name="usual">What it is when it is not said.</param>
    public static Option<int> Create(string name, string meaning, int most, int usual) => new(name)
    {
        Description = $"{meaning}, 1 to {most}.",
        DefaultValueFactory = _ => usual,
        CustomParser = result => Read(name, result.Tokens[0].Value, most),
    };

    private static int Read(string option, string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds >= 1 && seconds <= most
            ? seconds
            : throw new OpsException($"{option}: '{text}' is not a number of seconds from 1 to {most}", OpsException.Wrong);
}

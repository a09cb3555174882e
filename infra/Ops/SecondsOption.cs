using System.CommandLine;
using System.Globalization;

namespace Causeway.Ops;

/// <summary>Options with a number of seconds.</summary>
internal static class SecondsOption
{
    /// <summary>The timeout of requests to an account.</summary>
    public static Option<int> AccountTimeout() =>
        Create("--timeout", "The timeout of each AWS request in seconds", max: 600, defaultValue: 15);

    /// <summary>Creates an option.</summary>
    /// <param name="name">The name.</param>
    /// <param name="meaning">The description, which the range follows.</param>
    /// <param name="max">The maximum; the minimum is 1.</param>
    /// <param name="defaultValue">The default.</param>
    public static Option<int> Create(string name, string meaning, int max, int defaultValue) => new(name)
    {
        Description = $"{meaning}, 1 to {max}.",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => Read(name, result.Tokens[0].Value, max),
    };

    private static int Read(string option, string text, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds >= 1 && seconds <= max
            ? seconds
            : throw new OpsException($"{option}: invalid value '{text}'; pass 1 to {max} seconds", OpsException.Wrong);
}

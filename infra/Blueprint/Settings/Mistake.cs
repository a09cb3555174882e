namespace Causeway.Blueprint.Settings;

/// <summary>One thing that is wrong with the settings.</summary>
/// <param name="Key">The setting's name, as it was written.</param>
/// <param name="Value">The value; null when it is missing or secret.</param>
public sealed record Mistake(string Key, string? Value, string Fix)
{
    /// <summary>The mistake in one line: <c>relayPorts: 49152-49151 is empty; the last port must not be below the first</c>.</summary>
    public override string ToString() => Value is null ? $"{Key}: {Fix}" : $"{Key}: {Value} {Fix}";
}

/// <summary>The settings are wrong. All mistakes are reported together.</summary>
public sealed class SettingsException(IReadOnlyList<Mistake> mistakes) : Exception(string.Join('\n', mistakes))
{
    public IReadOnlyList<Mistake> Mistakes { get; } = mistakes;

    internal static void ThrowIfAny(IReadOnlyList<Mistake> mistakes)
    {
        if (mistakes.Count > 0) throw new SettingsException(mistakes);
    }
}

namespace Causeway.Blueprint.Settings;

/// <summary>One thing that is wrong with the settings: where it stands, what stands there, and how to mend it.</summary>
/// <param name="Key">The setting's name, as the person wrote it.</param>
/// <param name="Value">What was written; null when nothing was, or when it is secret.</param>
/// <param name="Mend">What is wrong with it and what would be right.</param>
public sealed record Mistake(string Key, string? Value, string Mend)
{
    /// <summary>The mistake in one line: <c>relayPorts: 49152-49151 is empty; the last port must not be below the first</c>.</summary>
    public override string ToString() => Value is null ? $"{Key}: {Mend}" : $"{Key}: {Value} {Mend}";
}

/// <summary>Settings that no plan can be made of, with all of their mistakes together.</summary>
public sealed class SettingsException : Exception
{
    /// <summary>Settings with these mistakes.</summary>
    public SettingsException(IReadOnlyList<Mistake> mistakes) : base(string.Join('\n', mistakes)) => Mistakes = mistakes;

    /// <summary>Everything that is wrong, in the order of the settings.</summary>
    public IReadOnlyList<Mistake> Mistakes { get; }

    internal static void ThrowIfAny(IReadOnlyList<Mistake> mistakes)
    {
        if (mistakes.Count > 0) throw new SettingsException(mistakes);
    }
}

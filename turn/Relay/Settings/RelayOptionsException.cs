namespace Causeway.Relay.Settings;

/// <summary>The settings are invalid; contains all mistakes.</summary>
public sealed class RelayOptionsException(IReadOnlyList<string> mistakes) : Exception(string.Join('\n', mistakes))
{
    /// <summary>The mistakes, each in one line: the setting, what is wrong, and how to fix it. Without secrets.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}

namespace Causeway.Relay.Settings;

/// <summary>Settings that no relay can be started with, with all of their mistakes together.</summary>
public sealed class RelayOptionsException(IReadOnlyList<string> mistakes) : Exception(string.Join('\n', mistakes))
{
    /// <summary>Every mistake, each in one line: which key, what is wrong, how to mend it. No secret is among the values shown.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}

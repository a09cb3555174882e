namespace Causeway.Signalling.Diagnostics;

/// <summary>
/// The service cannot start for a reason that its operator can fix. The lines are for people; a stack trace would not help.
/// </summary>
internal sealed class StartException(IReadOnlyList<string> lines) : Exception(string.Join(Environment.NewLine, lines))
{
    /// <summary>Creates an exception with a single line.</summary>
    public StartException(string line)
        : this([line])
    {
    }

    /// <summary>Gets one line for each mistake: where, what, and how to fix it.</summary>
    public IReadOnlyList<string> Lines => lines;
}

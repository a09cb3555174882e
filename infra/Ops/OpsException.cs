namespace Causeway.Ops;

/// <summary>Something that the person at the keyboard has to know and can mend: one line, without a stack trace.</summary>
public sealed class OpsException : Exception
{
    /// <summary>Trouble in one line.</summary>
    /// <param name="message">What is wrong, with the value, and what to do.</param>
    /// <param name="exitCode">What the process ends with; never zero.</param>
    /// <param name="cause">What it came from, for a debugger.</param>
    public OpsException(string message, int exitCode = 1, Exception? cause = null) : base(message, cause) => ExitCode = exitCode;

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; }
}

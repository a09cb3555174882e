using Causeway.Blueprint.Settings;

namespace Causeway.Ops;

/// <summary>Something that the person at the keyboard has to know and can mend: a line for each thing, without a stack trace.</summary>
public sealed class OpsException : Exception
{
    /// <summary>The exit code for what was tried and failed, and for what should be there and is not.</summary>
    public const int Failed = 1;

    /// <summary>The exit code for a command line or settings that are wrong: nothing was tried.</summary>
    public const int Wrong = 2;

    /// <summary>Trouble in one line.</summary>
    /// <param name="message">What is wrong, with the value, and what to do.</param>
    /// <param name="exitCode">What the process ends with; never zero.</param>
    /// <param name="cause">What it came from, for a debugger.</param>
    public OpsException(string message, int exitCode = Failed, Exception? cause = null) : base(message, cause) => ExitCode = exitCode;

    /// <summary>Settings with mistakes: one in the line, several in a line each.</summary>
    /// <param name="mistakes">What is wrong with them.</param>
    /// <param name="where">The file that they stand in; null when they were said on the command line.</param>
    public static OpsException Of(SettingsException mistakes, string? where = null)
    {
        var place = where is null ? "" : $"{where}: ";
        return new(mistakes.Mistakes is [var only]
            ? $"{place}{only}"
            : $"{place}{mistakes.Mistakes.Count} things are wrong:\n  {string.Join("\n  ", mistakes.Mistakes)}", Wrong, mistakes);
    }

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; }
}

using Causeway.Blueprint.Settings;

namespace Causeway.Ops;

/// <summary>An error for the user: one line for each mistake, without a stack trace.</summary>
public sealed class OpsException : Exception
{
    /// <summary>The exit code of an operation that failed.</summary>
    public const int Failed = 1;

    /// <summary>The exit code of an invalid command line or invalid settings.</summary>
    public const int Wrong = 2;

    /// <summary>Creates an error of one line.</summary>
    /// <param name="message">What is wrong, with the value, and how to fix it.</param>
    /// <param name="exitCode">The exit code of the process.</param>
    /// <param name="cause">The cause, for a debugger.</param>
    public OpsException(string message, int exitCode = Failed, Exception? cause = null) : base(message, cause) => ExitCode = exitCode;

    /// <summary>Creates an error from mistakes in settings.</summary>
    /// <param name="mistakes">The mistakes.</param>
    /// <param name="where">The file; null for the command line.</param>
    public static OpsException Of(SettingsException mistakes, string? where = null)
    {
        var prefix = where is null ? "" : $"{where}: ";
        return new(mistakes.Mistakes is [var only]
            ? $"{prefix}{only}"
            : $"{prefix}{mistakes.Mistakes.Count} mistakes:\n  {string.Join("\n  ", mistakes.Mistakes)}", Wrong, mistakes);
    }

    /// <summary>Gets the exit code of the process.</summary>
    public int ExitCode { get; }
}

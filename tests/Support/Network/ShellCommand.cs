using System.Diagnostics;

namespace Causeway.Tests.Support.Network;

/// <summary>Runs a short command (<c>ip</c>, <c>nft</c>, <c>ping</c>, ...) to its end.</summary>
public static class ShellCommand
{
    /// <summary>Runs it and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0; the message has the command, the code and its
    /// output.</exception>
    public static string Run(string file, IEnumerable<string> arguments, string? input = null)
    {
        var (code, output, error) = Try(file, arguments, input);
        if (code == 0) return output;
        var said = error.Length > 0 ? error : output;
        throw new InvalidOperationException(
            $"'{file} {string.Join(' ', arguments)}' ended with {code}: {said.Trim()}{(input is null ? "" : $"\ninput:\n{input}")}");
    }

    /// <summary>Runs it and returns its exit code and what it printed.</summary>
    public static (int Code, string Output, string Error) Try(string file, IEnumerable<string> arguments, string? input = null)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <summary>Whether a program is on PATH.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}

using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Causeway.Publishing;

/// <summary>The .NET command line, in a checkout.</summary>
/// <param name="Program">The program: a name on the PATH, or a path.</param>
/// <param name="Root">The checkout's top folder, where its <c>global.json</c> chooses the SDK.</param>
internal sealed record DotNet(string Program, string Root)
{
    private static readonly string[] VersionProperties = ["NETCoreSdkVersion", "BundledNETCoreAppPackageVersion"];

    /// <summary>The versions of the SDK and of the runtime that self-contained programs bring with them.</summary>
    public string Versions(string project)
    {
        var output = Run(["msbuild", project, .. VersionProperties.Select(name => $"-getProperty:{name}")]);
        try
        {
            using var json = JsonDocument.Parse(output);
            return string.Join(' ', VersionProperties.Select(name => json.RootElement.GetProperty("Properties").GetProperty(name).GetString() is { Length: > 0 } version
                ? $"{name} {version}"
                : throw new PublishException($"the .NET SDK in use in {Root} has no {name}; install the SDK that global.json asks for")));
        }
        catch (Exception unread) when (unread is JsonException or KeyNotFoundException)
        {
            throw new PublishException($"{Program} msbuild in {Root} does not tell its versions; install the .NET SDK that global.json asks for. It said:\n{output}", unread);
        }
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="PublishException">It failed, or is not there.</exception>
    public string Run(params string[] arguments)
    {
        // No server process outlives the command; the word on the command line wins over one that a response file above the checkout holds.
        string[] alone = arguments[0] == "publish" ? ["--nologo", "--verbosity", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=false"] : ["-nodeReuse:false"];
        var start = new ProcessStartInfo(Program, [.. arguments, .. alone]) { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output
                : throw new PublishException($"{Program} {string.Join(' ', arguments)} failed with {process.ExitCode} in {Root}:\n{output}{errors.Result}".TrimEnd());
        }
        catch (Win32Exception missing)
        {
            throw new PublishException($"{Program} cannot be started ({missing.Message}); the .NET SDK that global.json asks for must be on the PATH", missing);
        }
    }
}

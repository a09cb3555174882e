using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Causeway.Publishing;

/// <summary>The .NET command line, in a checkout.</summary>
/// <param name="Program">The program: a name on the PATH, or a path.</param>
/// <param name="Root">The checkout's top folder, where its <c>global.json</c> chooses the SDK.</param>
internal sealed record DotNet(string Program, string Root)
{
    private const string Fix = "install the .NET SDK that global.json requires";

    private static readonly string[] VersionProperties = ["NETCoreSdkVersion", "BundledNETCoreAppPackageVersion"];

    /// <summary>The versions of the SDK and of the runtime that self-contained programs bring with them.</summary>
    public string Versions(string project)
    {
        var output = Run(["msbuild", project, .. VersionProperties.Select(name => $"-getProperty:{name}")]);
        try
        {
            using var json = JsonDocument.Parse(output);
            var properties = json.RootElement.GetProperty("Properties");
            return string.Join(' ', VersionProperties.Select(name => properties.GetProperty(name).GetString() is { Length: > 0 } version
                ? $"{name} {version}"
                : throw new PublishException($"the .NET SDK in {Root} doesn't report {name}; {Fix}")));
        }
        catch (Exception unread) when (unread is JsonException or KeyNotFoundException)
        {
            var message = $"{Program} msbuild in {Root} doesn't report its versions; {Fix}. Output:\n{output}";
            throw new PublishException(message, unread);
        }
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="PublishException">The command failed, or the program wasn't found.</exception>
    public string Run(params string[] arguments)
    {
        // No server process outlives the command. The command line overrides a response file above the checkout.
        string[] alone = arguments[0] == "publish"
            ? ["--nologo", "--verbosity", "quiet", "-nodeReuse:false", "-p:UseSharedCompilation=false"]
            : ["-nodeReuse:false"];
        var start = new ProcessStartInfo(Program, [.. arguments, .. alone])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_NOLOGO"] = "1";
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0) return output;
            var command = $"{Program} {string.Join(' ', arguments)}";
            throw new PublishException($"{command} failed with {process.ExitCode} in {Root}:\n{output}{errors.Result}".TrimEnd());
        }
        catch (Win32Exception missing)
        {
            var message = $"can't start {Program} ({missing.Message}); {Fix} and add it to the PATH";
            throw new PublishException(message, missing);
        }
    }
}

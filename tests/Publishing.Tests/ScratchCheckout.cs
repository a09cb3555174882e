using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Publishing.Tests;

/// <summary>A small checkout with programs where the services are, and a .NET command line that records its calls.</summary>
internal sealed class ScratchCheckout : IDisposable
{
    // Its publish copies the project's own folder, so that another source is another archive.
    private const string DotNet = """
        #!/bin/sh
        tools=$(dirname "$0")
        echo "$1 $2" >> "$tools/calls"
        case $1 in
            msbuild) cat "$tools/versions" ;;
            publish)
                [ -e "$tools/mistake" ] && { cat "$tools/mistake"; exit 1; }
                project=$2
                while [ "$1" != --output ]; do shift; done
                mkdir -p "$2" && cp "$(dirname "$project")"/*.cs "$2"
                [ -e "$tools/warnings" ] && cat "$tools/warnings"
                [ -x "$tools/meanwhile" ] && "$tools/meanwhile"
                exit 0 ;;
        esac
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("causeway-publish-");
    private readonly DirectoryInfo _tools;

    public ScratchCheckout()
    {
        Root = _folder.CreateSubdirectory("checkout").FullName;
        _tools = _folder.CreateSubdirectory("tools");
        Tool("dotnet", DotNet);
        Tool("versions", Versions("10.0.100", "10.0.1"));
        Write("global.json", "{}");
        Write("Directory.Packages.props", "<Project />");
        Write("turn/Protocol/Protocol.csproj", "<Project />");
        Write("turn/Protocol/Stun.cs", "// STUN");
        Write("turn/Relay/Causeway.Relay.csproj", Reference("../Protocol/Protocol.csproj"));
        Write("turn/Relay/Program.cs", "// the relay");
        Write("signalling/Causeway.Signalling.csproj", Reference("../turn/Relay/Causeway.Relay.csproj"));
        Write("signalling/Program.cs", "// signalling");
        Write("signalling/wwwroot/index.html", "<title>page</title>");
        Write("infra/Program.cs", "// what makes the resources");
        Write("infra/Publishing/Archive.cs", "// what packs");
        Write("tests/Relay.Tests/Tests.cs", "// tests");
    }

    public string Root { get; }

    public static string Versions(string sdk, string runtime) =>
        $$"""{ "Properties": { "NETCoreSdkVersion": "{{sdk}}", "BundledNETCoreAppPackageVersion": "{{runtime}}" } }""";

    /// <summary>The projects published since the last call, in order.</summary>
    public string[] Published()
    {
        var calls = Path.Combine(_tools.FullName, "calls");
        var published = (from call in File.ReadAllLines(calls)
                         where call.StartsWith("publish ", StringComparison.Ordinal)
                         select Path.GetFileNameWithoutExtension(call[8..])).ToArray();
        File.WriteAllText(calls, "");
        return published;
    }

    public IReadOnlyList<Artifact> Publish(Architecture architecture = Architecture.X64, Action<string>? report = null) =>
        ArtifactPublisher.Publish(Root, architecture, report, Path.Combine(_tools.FullName, "dotnet"));

    public void Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(Root, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    /// <summary>Writes a file beside the command line: its answer, or a program that it runs while it publishes.</summary>
    public void Tool(string name, string text)
    {
        var file = Path.Combine(_tools.FullName, name);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Reference(string project) =>
        $"""<Project><ItemGroup><ProjectReference Include="{project}" /></ItemGroup></Project>""";
}

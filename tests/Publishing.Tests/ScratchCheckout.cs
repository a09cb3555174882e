using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Publishing.Tests;

/// <summary>A small checkout with programs at the places where the services' are, and a .NET command line that writes down what it is asked.</summary>
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
        Write("turn/Relay/Causeway.Relay.csproj", """<Project><ItemGroup><ProjectReference Include="../Protocol/Protocol.csproj" /></ItemGroup></Project>""");
        Write("turn/Relay/Program.cs", "// the relay");
        Write("signalling/Causeway.Signalling.csproj", """<Project><ItemGroup><ProjectReference Include="../turn/Relay/Causeway.Relay.csproj" /></ItemGroup></Project>""");
        Write("signalling/Program.cs", "// signalling");
        Write("signalling/wwwroot/index.html", "<title>page</title>");
        Write("infra/Program.cs", "// what makes the resources");
        Write("infra/Publishing/Archive.cs", "// what packs");
        Write("tests/Relay.Tests/Tests.cs", "// tests");
    }

    public string Root { get; }

    public static string Versions(string sdk, string runtime) =>
        $$"""{ "Properties": { "NETCoreSdkVersion": "{{sdk}}", "BundledNETCoreAppPackageVersion": "{{runtime}}" } }""";

    /// <summary>The projects that were published, in their order, since this was asked before.</summary>
    public string[] Published()
    {
        var calls = Path.Combine(_tools.FullName, "calls");
        string[] published = [.. File.ReadAllLines(calls).Where(call => call.StartsWith("publish ", StringComparison.Ordinal)).Select(call => Path.GetFileNameWithoutExtension(call[8..]))];
        File.WriteAllText(calls, "");
        return published;
    }

    public IReadOnlyList<Artifact> Publish(Architecture architecture = Architecture.X64, Action<string>? say = null) => ArtifactPublisher.Publish(Root, architecture, say, Path.Combine(_tools.FullName, "dotnet"));

    public void Write(string path, string text)
    {
        var file = new FileInfo(Path.Combine(Root, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, text);
    }

    /// <summary>Puts a file beside the command line: what it answers with, or what it runs while it publishes.</summary>
    public void Tool(string name, string text)
    {
        var file = Path.Combine(_tools.FullName, name);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

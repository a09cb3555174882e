using Causeway.Blueprint.Settings;

namespace Causeway.Publishing.Tests;

/// <summary>What stops a publish says what is wrong and what to do.</summary>
public sealed class MistakeTests : IDisposable
{
    private readonly ScratchCheckout _checkout = new();

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public void A_missing_SDK_is_named()
    {
        var missing = Assert.Throws<PublishException>(() =>
            ArtifactPublisher.Publish(_checkout.Root, Architecture.X64, report: null, "/nowhere/dotnet"));
        Assert.StartsWith("can't start /nowhere/dotnet", missing.Message, StringComparison.Ordinal);
        Assert.EndsWith("install the .NET SDK that global.json requires and add it to the PATH", missing.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("no JSON"), InlineData("{}"), InlineData("""{ "Properties": { "NETCoreSdkVersion": "" } }""")]
    public void An_SDK_that_does_not_report_its_versions_is_named(string versions)
    {
        _checkout.Tool("versions", versions);
        Assert.Contains("install the", Assert.Throws<PublishException>(() => _checkout.Publish()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_project_is_named()
    {
        File.Delete(Path.Combine(_checkout.Root, "turn/Protocol/Protocol.csproj"));
        var missing = Assert.Throws<PublishException>(() => _checkout.Publish());
        Assert.Contains("turn/Protocol/Protocol.csproj is missing", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ProjectReference", "$(Elsewhere)/Other.csproj")]
    [InlineData("Compile", "../shared/**/*.cs")]
    public void Inputs_that_cannot_be_followed_are_refused_rather_than_forgotten(string kind, string path)
    {
        _checkout.Write("turn/Protocol/Protocol.csproj", $"""<Project><ItemGroup><{kind} Include="{path}" /></ItemGroup></Project>""");
        var refused = Assert.Throws<PublishException>(() => _checkout.Publish());
        Assert.Contains($"can't follow {kind} {path}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_folder_is_an_input_too()
    {
        _checkout.Write("shared/Common.cs", "// common");
        const string project = """<Project><ItemGroup><Compile Include="../../shared/Common.cs" /></ItemGroup></Project>""";
        _checkout.Write("turn/Relay/Causeway.Relay.csproj", project);
        _checkout.Publish();
        _ = _checkout.Published();
        _checkout.Write("shared/Common.cs", "// changed");

        _checkout.Publish();
        Assert.Equal(["Causeway.Relay", "Causeway.Signalling"], _checkout.Published());
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        _checkout.Write("artifacts/hosts", "a file where a folder should be");
        var refused = Assert.Throws<PublishException>(() => _checkout.Publish());
        Assert.Contains("artifacts/hosts/linux-x64", refused.Message, StringComparison.Ordinal);
        Assert.Contains("publishing needs write access to it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_warning_of_the_build_is_reported_once_and_stops_nothing()
    {
        const string warning = "/src/app.csproj : warning NU1903: Package 'Probe' 1.0.0 has a known high severity vulnerability";
        _checkout.Tool("warnings", $"{warning}\n  {warning}\n");
        var reported = new List<string>();
        Assert.Equal(2, _checkout.Publish(report: reported.Add).Count);
        // Of each service.
        Assert.Equal([warning, warning], reported.Where(line => line.Contains("warning", StringComparison.Ordinal)));
    }
}

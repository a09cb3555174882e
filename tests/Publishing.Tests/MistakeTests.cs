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
        var missing = Assert.Throws<PublishException>(() => ArtifactPublisher.Publish(_checkout.Root, Architecture.X64, null, "/nowhere/dotnet"));
        Assert.StartsWith("/nowhere/dotnet cannot be started", missing.Message, StringComparison.Ordinal);
        Assert.EndsWith("the .NET SDK that global.json asks for must be on the PATH", missing.Message, StringComparison.Ordinal);
    }

    [Theory, InlineData("no JSON"), InlineData("{}"), InlineData("""{ "Properties": { "NETCoreSdkVersion": "" } }""")]
    public void An_SDK_that_does_not_tell_its_versions_is_named(string versions)
    {
        _checkout.Tool("versions", versions);
        Assert.Contains("install the", Assert.Throws<PublishException>(() => _checkout.Publish()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_project_is_named()
    {
        File.Delete(Path.Combine(_checkout.Root, "turn/Protocol/Protocol.csproj"));
        var missing = Assert.Throws<PublishException>(() => _checkout.Publish());
        Assert.Contains("turn/Protocol/Protocol.csproj is not there", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ProjectReference", "$(Elsewhere)/Other.csproj")]
    [InlineData("Compile", "../shared/**/*.cs")]
    public void Inputs_that_cannot_be_followed_are_refused_rather_than_forgotten(string kind, string path)
    {
        _checkout.Write("turn/Protocol/Protocol.csproj", $"""<Project><ItemGroup><{kind} Include="{path}" /></ItemGroup></Project>""");
        var refused = Assert.Throws<PublishException>(() => _checkout.Publish());
        Assert.Contains($"{kind} {path} cannot be followed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_another_folder_is_an_input_too()
    {
        _checkout.Write("shared/Common.cs", "// common");
        _checkout.Write("turn/Relay/Causeway.Relay.csproj", """<Project><ItemGroup><Compile Include="../../shared/Common.cs" /></ItemGroup></Project>""");
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
        Assert.Contains("the checkout must belong to who publishes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_warning_of_the_build_is_said_once_and_stops_nothing()
    {
        const string warning = "/src/app.csproj : warning NU1903: Package 'Probe' 1.0.0 has a known high severity vulnerability, https://example.org/advisory";
        _checkout.Tool("warnings", $"{warning}\n  {warning}\n");
        var said = new List<string>();
        Assert.Equal(2, _checkout.Publish(say: said.Add).Count);
        // Of each service.
        Assert.Equal([warning, warning], said.Where(line => line.Contains("warning", StringComparison.Ordinal)));
    }
}

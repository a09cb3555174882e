using System.IO.Compression;
using System.Net;
using System.Text;

namespace Causeway.Ops.Tests.Repository;

/// <summary>
/// A new advisory on a package is a warning for <c>pulumi up</c> and an error for the project's own checks. The tests restore a package
/// with this repository's build settings, and a source on loopback publishes an advisory on it.
/// </summary>
public sealed class AdvisoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpListener _source = new();
    private readonly string _address;

    public AdvisoryTests()
    {
        _address = Listen();
        _ = AnswerAsync();
        Directory.CreateDirectory(_folder.At("feed"));
        using (var package = ZipFile.Open(_folder.At("feed/causeway.advisory.probe.1.0.0.nupkg"), ZipArchiveMode.Create))
        {
            Write(package, "causeway.advisory.probe.nuspec", """
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
                  <metadata>
                    <id>Causeway.Advisory.Probe</id>
                    <version>1.0.0</version>
                    <authors>tests</authors>
                    <description>A package with an advisory.</description>
                  </metadata>
                </package>
                """);
            Write(package, "lib/netstandard2.0/_._", "");
        }
        File.Copy(Checkout.At("Directory.Build.props"), _folder.At("Directory.Build.props"));
        File.Copy(Checkout.At("global.json"), _folder.At("global.json"));
        File.WriteAllText(_folder.At("app.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <PackageReference Include="Causeway.Advisory.Probe" Version="1.0.0" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(_folder.At("nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="feed" /></packageSources>
              <auditSources><clear /><add key="audit" value="{_address}index.json" allowInsecureConnections="true" /></auditSources>
            </configuration>
            """);
    }

    public void Dispose()
    {
        _source.Close();
        _folder.Dispose();
    }

    // NuGet's severities, from low to critical.
    [Theory, InlineData(0, "NU1901"), InlineData(1, "NU1902"), InlineData(2, "NU1903"), InlineData(3, "NU1904")]
    public async Task An_advisory_is_a_warning_in_a_deployment(int severity, string code)
    {
        _severity = severity;
        await using var run = await RestoreAsync(strict: false);
        Assert.Contains($"warning {code}", run.Output, StringComparison.Ordinal);
        Assert.Contains("https://example.org/advisory", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task An_advisory_fails_the_projects_own_checks()
    {
        await using var run = await RestoreAsync(strict: true);
        Assert.Contains("error NU1903", run.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, run.ExitCode);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_source_of_advisories_that_does_not_respond_is_a_warning(bool strict)
    {
        _source.Close();
        await using var run = await RestoreAsync(strict);
        Assert.Contains("warning NU1900", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public void The_projects_own_checks_are_strict_and_so_are_those_in_GitHub()
    {
        Assert.Contains("\nexport AdvisoriesAreErrors=true\n", File.ReadAllText(Checkout.At("script", "test")), StringComparison.Ordinal);
        Assert.Contains("run: script/test", File.ReadAllText(Checkout.At(".github", "workflows", "test.yml")), StringComparison.Ordinal);
        var deployment = File.ReadAllText(Checkout.At(".github", "workflows", "deploy.yml"));
        Assert.DoesNotContain("AdvisoriesAreErrors", deployment, StringComparison.Ordinal);
    }

    private int _severity = 2;

    private async Task<Run> RestoreAsync(bool strict)
    {
        var run = Run.Start("dotnet", ["restore", _folder.At("app.csproj"), "-nodeReuse:false"], new Dictionary<string, string?>
        {
            ["NUGET_PACKAGES"] = _folder.At("packages"),
            ["NUGET_HTTP_CACHE_PATH"] = _folder.At("cache"),
            ["RestoreAdditionalProjectSources"] = null,
            ["AdvisoriesAreErrors"] = strict ? "true" : null,
            ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        });
        await run.WaitForExit();
        return run;
    }

    // HttpListener can't select a free port.
    private string Listen()
    {
        var address = $"http://127.0.0.1:{FreePorts.Take()}/";
        _source.Prefixes.Add(address);
        _source.Start();
        return address;
    }

    // NuGet's server API, "Vulnerability info".
    private async Task AnswerAsync()
    {
        while (true)
        {
            try
            {
                var context = await _source.GetContextAsync();
                var text = context.Request.Url!.AbsolutePath switch
                {
                    "/index.json" => $$"""{"version":"3.0.0","resources":[{"@id":"{{_address}}pages.json","@type":"VulnerabilityInfo/6.7.0"}]}""",
                    "/pages.json" => $$"""[{"@name":"base","@id":"{{_address}}base.json","@updated":"2026-01-01T00:00:00.0Z","comment":"all"}]""",
                    _ => $$"""{"causeway.advisory.probe":[{"url":"https://example.org/advisory","severity":{{_severity}},"versions":"(, 2.0.0)"}]}""",
                };
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
                context.Response.Close();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static void Write(ZipArchive package, string name, string text)
    {
        using var entry = new StreamWriter(package.CreateEntry(name).Open());
        entry.Write(text);
    }
}

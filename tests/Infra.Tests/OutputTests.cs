using System.Text.Json;

namespace Causeway.Infra.Tests;

public class OutputTests
{
    [Fact]
    public void The_program_references_the_option_types_and_no_service()
    {
        var libraries = Libraries();
        Assert.Contains("Causeway.Turn.Options", libraries);
        Assert.Contains("Causeway.Signalling.Options", libraries);
        Assert.DoesNotContain("causeway-relay", libraries);
        Assert.DoesNotContain("causeway-signalling", libraries);
        Assert.DoesNotContain("Causeway.Turn.Engines", libraries);
        // ReferenceGraphTests tests the project files for exporters and ASP.NET; Pulumi's package may bring parts of them.
        Assert.DoesNotContain(libraries, name => name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal));
    }

    // From the program's own output: the tests' folder also has what tests need.
    private static List<string> Libraries()
    {
        var tests = new DirectoryInfo(AppContext.BaseDirectory);
        var file = Path.Combine(tests.Parent!.Parent!.FullName, "Causeway.Infra", tests.Name, "Causeway.Infra.deps.json");
        using var list = JsonDocument.Parse(File.ReadAllText(file));
        return [.. list.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name.Split('/')[0])];
    }
}

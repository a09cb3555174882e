using System.Text.Json;

namespace Causeway.Infra.Tests;

/// <summary>What the Pulumi program is built of, from the list of assemblies beside it.</summary>
public class OutputTests
{
    [Fact]
    public void The_program_carries_the_option_types_and_no_service()
    {
        var libraries = Libraries();
        Assert.Contains("Causeway.Turn.Options", libraries);
        Assert.Contains("Causeway.Signalling.Options", libraries);
        Assert.DoesNotContain("causeway-relay", libraries);
        Assert.DoesNotContain("causeway-signalling", libraries);
        Assert.DoesNotContain("Causeway.Turn.Engines", libraries);
        // Exporters and ASP.NET are judged by the project files (ReferenceGraphTests): Pulumi's own package may bring parts of them.
        Assert.DoesNotContain(libraries, name => name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal));
    }

    // As the program's own build wrote it: the tests' folder also has what tests need.
    private static List<string> Libraries()
    {
        var built = Directory.GetParent(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!;
        var folder = Path.Combine(
            built.Parent!.FullName, "Causeway.Infra", Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)));
        using var list = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "Causeway.Infra.deps.json")));
        return [.. list.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name.Split('/')[0])];
    }
}

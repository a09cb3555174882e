using System.Xml.Linq;

namespace Causeway.Ops.Tests.Repository;

/// <summary>Who may know whom: Protocol ← Engines, Client ← Relay ← Signalling ← Blueprint ← Publishing ← Infra, Ops. Never the other way.</summary>
public class ReferenceGraphTests
{
    private static readonly string[][] Layers =
    [
        ["Causeway.Turn.Protocol"],
        ["Causeway.Turn.Engines", "Causeway.Turn.Client"],
        ["Causeway.Relay"],
        ["Causeway.Signalling"],
        ["Causeway.Blueprint"],
        ["Causeway.Publishing"],
        ["Causeway.Infra", "Causeway.Ops"],
    ];

    private static IEnumerable<string> ProjectFiles =>
        new[] { "turn", "signalling", "infra" }.SelectMany(folder => Directory.EnumerateFiles(Checkout.At(folder), "*.csproj", SearchOption.AllDirectories));

    public static TheoryData<string> Projects => [.. ProjectFiles.Select(file => Path.GetFileNameWithoutExtension(file)!)];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_knows_only_those_below_it(string project)
    {
        var layer = LayerOf(project);
        Assert.All(References(project), known => Assert.True(LayerOf(known) < layer, $"{project} must not know {known}"));
    }

    [Fact]
    public void Every_project_has_a_place_in_the_order() =>
        Assert.Equal(Layers.SelectMany(layer => layer).Order(), ProjectFiles.Select(Path.GetFileNameWithoutExtension).Order());

    [Theory]
    [InlineData("Pulumi", "Causeway.Infra")]
    [InlineData("Microsoft.Orleans", "Causeway.Signalling")]
    [InlineData("OpenTelemetry", "Causeway.Relay")]
    [InlineData("System.CommandLine", "Causeway.Ops")]
    [InlineData("Spectre.Console", "Causeway.Ops")]
    public void A_heavy_package_has_one_home(string package, string home)
    {
        var users = ProjectFiles.Where(file => Items(file, "PackageReference").Any(name => name.StartsWith(package, StringComparison.Ordinal)));
        Assert.Equal([home], users.Select(Path.GetFileNameWithoutExtension));
    }

    [Fact]
    public void The_solution_holds_every_project()
    {
        var all = ProjectFiles.Concat(Directory.EnumerateFiles(Checkout.At("tests"), "*.csproj", SearchOption.AllDirectories));
        var solution = XDocument.Load(Checkout.At("Causeway.slnx")).Descendants("Project").Select(project => project.Attribute("Path")!.Value);
        Assert.Equal(all.Select(file => Path.GetRelativePath(Checkout.Root, file)).Order(), solution.Order());
    }

    private static int LayerOf(string project) => Array.FindIndex(Layers, layer => layer.Contains(project));

    private static IEnumerable<string> References(string project) =>
        Items(ProjectFiles.Single(file => Path.GetFileNameWithoutExtension(file) == project), "ProjectReference")
            .Select(path => Path.GetFileNameWithoutExtension(path));

    private static IEnumerable<string> Items(string file, string kind) =>
        XDocument.Load(file).Descendants(kind).Select(item => item.Attribute("Include")!.Value);
}

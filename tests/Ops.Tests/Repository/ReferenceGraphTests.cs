using System.Xml.Linq;

namespace Causeway.Ops.Tests.Repository;

/// <summary>Who may know whom, as docs/architecture.md draws it. A project also gets what the projects that it refers to know.</summary>
public class ReferenceGraphTests
{
    private static readonly SortedDictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["Causeway.Turn.Protocol"] = [],
        ["Causeway.Turn.Options"] = [],
        ["Causeway.Signalling.Options"] = [],
        ["Causeway.Turn.Engines"] = ["Causeway.Turn.Options", "Causeway.Turn.Protocol"],
        ["Causeway.Turn.Client"] = ["Causeway.Turn.Protocol"],
        ["Causeway.Turn.Fleet"] = ["Causeway.Turn.Client"],
        ["Causeway.Relay"] = ["Causeway.Turn.Client", "Causeway.Turn.Engines", "Causeway.Turn.Fleet", "Causeway.Turn.Options"],
        ["Causeway.Signalling"] = ["Causeway.Relay", "Causeway.Signalling.Options", "Causeway.Turn.Fleet", "Causeway.Turn.Options"],
        ["Causeway.Blueprint"] = ["Causeway.Signalling.Options", "Causeway.Turn.Client", "Causeway.Turn.Options"],
        ["Causeway.Publishing"] = ["Causeway.Blueprint"],
        ["Causeway.Infra"] = ["Causeway.Blueprint", "Causeway.Publishing", "Causeway.Turn.Client", "Causeway.Turn.Fleet"],
        ["Causeway.Ops"] = ["Causeway.Blueprint", "Causeway.Publishing", "Causeway.Signalling", "Causeway.Turn.Client"],
    };

    private static IEnumerable<string> ProjectFiles =>
        new[] { "turn", "signalling", "infra" }.SelectMany(folder => Directory.EnumerateFiles(Checkout.At(folder), "*.csproj", SearchOption.AllDirectories));

    private static IEnumerable<string> TestProjectFiles => Directory.EnumerateFiles(Checkout.At("tests"), "*.csproj", SearchOption.AllDirectories);

    public static TheoryData<string> Projects => [.. ProjectFiles.Select(file => Path.GetFileNameWithoutExtension(file)!)];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_refers_to_those_that_it_may_know(string project) => Assert.Equal(Known[project], References(project).Order());

    [Fact]
    public void Every_project_is_known_to_this_test() => Assert.Equal(Known.Keys, ProjectFiles.Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Causeway.Turn.Options")]
    [InlineData("Causeway.Signalling.Options")]
    public void The_options_of_a_service_need_nothing_else(string project) => Assert.Empty(Items(FileOf(project), "ProjectReference", "PackageReference", "FrameworkReference"));

    // The reference graph cannot show who uses a file that two projects compile. Below a project lie the folders of others: infra/Ops below infra.
    [Fact]
    public void No_file_is_compiled_into_two_projects() => Assert.All(ProjectFiles.Concat(TestProjectFiles), file =>
        Assert.DoesNotContain(Items(file, "Compile"), item => item.Contains("..", StringComparison.Ordinal) || item.Contains("Ops/", StringComparison.Ordinal)));

    // What the services run on stays with the services: a deployer's machine needs none of it.
    [Theory]
    [InlineData("Causeway.Infra")]
    [InlineData("Causeway.Blueprint")]
    [InlineData("Causeway.Publishing")]
    public void The_Pulumi_program_carries_neither_service(string project)
    {
        var carried = WithAllBelow(project).ToList();
        Assert.DoesNotContain("Causeway.Relay", carried);
        Assert.DoesNotContain("Causeway.Signalling", carried);
        Assert.DoesNotContain("Causeway.Turn.Engines", carried);
        string[] heavy = ["Microsoft.Orleans", "OpenTelemetry", "Microsoft.AspNetCore.App", "Microsoft.Extensions.Hosting"];
        Assert.All(carried, part => Assert.DoesNotContain(
            Items(FileOf(part), "PackageReference", "FrameworkReference"), name => heavy.Any(start => name.StartsWith(start, StringComparison.Ordinal))));
        Assert.All(carried, part => Assert.DoesNotContain("Microsoft.NET.Sdk.Web", XDocument.Load(FileOf(part)).Root!.Attribute("Sdk")!.Value, StringComparison.Ordinal));
    }

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
        var all = ProjectFiles.Concat(TestProjectFiles);
        var solution = XDocument.Load(Checkout.At("Causeway.slnx")).Descendants("Project").Select(project => project.Attribute("Path")!.Value);
        Assert.Equal(all.Select(file => Path.GetRelativePath(Checkout.Root, file)).Order(), solution.Order());
    }

    private static IEnumerable<string> WithAllBelow(string project) => References(project).SelectMany(WithAllBelow).Append(project).Distinct();

    private static string FileOf(string project) => ProjectFiles.Single(file => Path.GetFileNameWithoutExtension(file) == project);

    private static IEnumerable<string> References(string project) => Items(FileOf(project), "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path));

    private static IEnumerable<string> Items(string file, params string[] kinds) =>
        XDocument.Load(file).Descendants().Where(item => kinds.Contains(item.Name.LocalName)).Select(item => item.Attribute("Include")!.Value);
}

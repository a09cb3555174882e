using System.Xml.Linq;

namespace Causeway.Ops.Tests.Repository;

/// <summary>The references between projects, as drawn in docs/architecture.md. References are transitive.</summary>
public class ReferenceGraphTests
{
    private static readonly SortedDictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
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

    private static IEnumerable<string> ProjectFiles => ProjectsBelow("turn", "signalling", "infra");

    private static IEnumerable<string> TestProjectFiles => ProjectsBelow("tests");

    private static IEnumerable<string> ProjectsBelow(params string[] folders) =>
        folders.SelectMany(folder => Directory.EnumerateFiles(Checkout.At(folder), "*.csproj", SearchOption.AllDirectories));

    public static TheoryData<string> Projects => [.. ProjectFiles.Select(NameOf)];

    [Theory, MemberData(nameof(Projects))]
    public void A_project_has_exactly_the_allowed_references(string project) => Assert.Equal(Allowed[project], References(project).Order());

    [Fact]
    public void This_test_lists_every_project() => Assert.Equal(Allowed.Keys, ProjectFiles.Select(NameOf).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Causeway.Turn.Options")]
    [InlineData("Causeway.Signalling.Options")]
    public void The_options_of_a_service_have_no_dependencies(string project) =>
        Assert.Empty(Items(FileOf(project), "ProjectReference", "PackageReference", "FrameworkReference"));

    // The reference graph doesn't show a file that two projects compile. infra/Ops is below the project infra.
    [Fact]
    public void No_file_is_compiled_into_two_projects() => Assert.All(ProjectFiles.Concat(TestProjectFiles), file =>
        Assert.DoesNotContain(
            Items(file, "Compile"),
            item => item.Contains("..", StringComparison.Ordinal) || item.Contains("Ops/", StringComparison.Ordinal)));

    // A deployer's machine doesn't need the dependencies of the services.
    [Theory]
    [InlineData("Causeway.Infra")]
    [InlineData("Causeway.Blueprint")]
    [InlineData("Causeway.Publishing")]
    public void The_Pulumi_program_contains_neither_service(string project)
    {
        var parts = WithReferences(project).ToList();
        Assert.DoesNotContain("Causeway.Relay", parts);
        Assert.DoesNotContain("Causeway.Signalling", parts);
        Assert.DoesNotContain("Causeway.Turn.Engines", parts);
        string[] heavy = ["Microsoft.Orleans", "OpenTelemetry", "Microsoft.AspNetCore.App", "Microsoft.Extensions.Hosting"];
        Assert.All(parts, part =>
        {
            var dependencies = Items(FileOf(part), "PackageReference", "FrameworkReference");
            Assert.DoesNotContain(dependencies, name => heavy.Any(start => name.StartsWith(start, StringComparison.Ordinal)));
            Assert.NotEqual("Microsoft.NET.Sdk.Web", XDocument.Load(FileOf(part)).Root!.Attribute("Sdk")!.Value);
        });
    }

    [Theory]
    [InlineData("Pulumi", "Causeway.Infra")]
    [InlineData("Microsoft.Orleans", "Causeway.Signalling")]
    [InlineData("OpenTelemetry", "Causeway.Relay")]
    [InlineData("System.CommandLine", "Causeway.Ops")]
    [InlineData("Spectre.Console", "Causeway.Ops")]
    public void A_heavy_package_is_used_by_one_project(string package, string user)
    {
        var users = ProjectFiles.Where(file =>
            Items(file, "PackageReference").Any(name => name.StartsWith(package, StringComparison.Ordinal)));
        Assert.Equal([user], users.Select(NameOf));
    }

    [Fact]
    public void The_solution_contains_every_project()
    {
        var files = ProjectFiles.Concat(TestProjectFiles).Select(file => Path.GetRelativePath(Checkout.Root, file));
        var solution = XDocument.Load(Checkout.At("Causeway.slnx")).Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value);
        Assert.Equal(files.Order(), solution.Order());
    }

    private static IEnumerable<string> WithReferences(string project) =>
        References(project).SelectMany(WithReferences).Append(project).Distinct();

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);

    private static string FileOf(string project) => ProjectFiles.Single(file => NameOf(file) == project);

    private static IEnumerable<string> References(string project) => Items(FileOf(project), "ProjectReference").Select(NameOf);

    private static IEnumerable<string> Items(string file, params string[] kinds) =>
        from item in XDocument.Load(file).Descendants()
        where kinds.Contains(item.Name.LocalName)
        select item.Attribute("Include")!.Value;
}

using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Repository;

/// <summary>The drawing of the folders in docs/architecture.md.</summary>
public partial class ArchitectureTests
{
    private static List<string> Drawn
    {
        get
        {
            var page = File.ReadAllText(Checkout.At("docs", "architecture.md"));
            return FoldersIn(Drawing().Match(page).Groups["drawing"].Value);
        }
    }

    [Fact]
    public void Every_folder_in_the_drawing_exists()
    {
        Assert.InRange(Drawn.Count, 30, int.MaxValue);
        Assert.Empty(Missing(Drawn, [.. SourceTree.Folders]));
    }

    [Fact]
    public void The_drawing_has_every_source_folder_of_the_first_and_second_level() =>
        Assert.Empty(Omitted(Drawn, [.. SourceTree.Folders]));

    [Fact]
    public void A_drawing_is_read_with_its_levels_and_several_folders_a_line() => Assert.Equal(
        ["turn", "turn/Protocol", "turn/Protocol/Stun", "turn/Protocol/Relay", "turn/Options", "script"],
        FoldersIn("""
            turn/                the relay
              Protocol/          STUN and TURN; Credentials
                Stun/ Relay/     messages/attributes and TURN
              Options/
            script/              up, test

            """));

    [Fact]
    public void A_drawn_folder_that_does_not_exist_is_found() => Assert.Equal(
        ["turn/Gone", "tests/*.Specs"],
        Missing(
            ["turn", "turn/Gone", "tests/*.Specs", "tests/*.Tests"],
            ["turn", "turn/Relay", "tests/Ops.Tests"]));

    [Fact]
    public void A_folder_that_is_not_drawn_is_found() => Assert.Equal(
        ["turn/New", "tests/Lab"],
        Omitted(
            ["turn", "turn/Relay", "tests", "tests/*.Tests"],
            ["turn", "turn/Relay", "turn/Relay/Inner", "turn/New", "tests", "tests/Ops.Tests", "tests/Lab", ".github", ".github/scripts"]));

    private static List<string> FoldersIn(string drawing)
    {
        var (folders, path) = (new List<string>(), new List<string>());
        foreach (var line in drawing.Split('\n').Select(text => DrawnLine().Match(text)).Where(line => line.Success))
        {
            var level = line.Groups["indent"].Length / 2;
            path.RemoveRange(level, path.Count - level);
            var names = line.Groups["names"].Value.Split(' ').Select(name => name.TrimEnd('/')).ToList();
            folders.AddRange(names.Select(name => string.Join('/', path.Append(name))));
            path.Add(names[^1]);
        }
        return folders;
    }

    private static IEnumerable<string> Missing(IReadOnlyList<string> drawn, IReadOnlyList<string> folders) =>
        drawn.Where(pattern => !folders.Any(folder => IsMatch(pattern, folder)));

    private static IEnumerable<string> Omitted(IReadOnlyList<string> drawn, IReadOnlyList<string> folders) => folders
        .Where(folder => folder.Count(letter => letter == '/') < 2 && !folder.StartsWith('.'))
        .Where(folder => !drawn.Any(pattern => IsMatch(pattern, folder)));

    private static bool IsMatch(string pattern, string folder) =>
        FileSystemName.MatchesSimpleExpression(pattern, folder, ignoreCase: false);

    [GeneratedRegex("## Layout\n\n```\n(?<drawing>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Drawing();

    // Names end with a slash; two spaces separate them from the description.
    [GeneratedRegex(@"^(?<indent> *)(?<names>[\w.*]+/(?: [\w.*]+/)*)(?:  .*)?$")]
    private static partial Regex DrawnLine();
}

using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Repository;

/// <summary>What the documentation points to is there.</summary>
public partial class DocumentationTests
{
    public static TheoryData<string> Pages =>
        [.. Directory.EnumerateFiles(Checkout.Root, "*.md").Concat(Directory.EnumerateFiles(Checkout.At("docs"), "*.md")).Select(file => Path.GetRelativePath(Checkout.Root, file))];

    [Theory, MemberData(nameof(Pages))]
    public void Every_link_resolves(string page)
    {
        var links = Link().Matches(WithoutCode(page)).Select(match => match.Groups["target"].Value).Where(target => !target.Contains("://", StringComparison.Ordinal));
        Assert.All(links, link =>
        {
            var parts = link.Split('#');
            var target = parts[0].Length == 0 ? Checkout.At(page) : Path.GetFullPath(parts[0], Path.GetDirectoryName(Checkout.At(page))!);
            Assert.True(Path.Exists(target), $"{page} links to {link}, which is not there");
            if (parts.Length > 1) Assert.Contains(parts[1], Anchors(target));
        });
    }

    [Theory, MemberData(nameof(Pages))]
    public void Every_script_named_exists_and_can_be_run(string page)
    {
        var named = Script().Matches(File.ReadAllText(Checkout.At(page))).Select(match => match.Value).Distinct();
        Assert.All(named, script =>
        {
            Assert.True(File.Exists(Checkout.At(script)), $"{page} names {script}, which is not there");
            if (!OperatingSystem.IsWindows()) Assert.True(File.GetUnixFileMode(Checkout.At(script)).HasFlag(UnixFileMode.UserExecute), $"{script} cannot be run");
        });
    }

    [Theory, MemberData(nameof(Pages))]
    public void Every_path_in_code_marks_exists(string page)
    {
        var paths = CodePath().Matches(File.ReadAllText(Checkout.At(page))).Select(match => match.Groups["path"].Value);
        Assert.All(paths, path => Assert.True(Path.Exists(Checkout.At(path)), $"{page} names `{path}`, which is not there"));
    }

    private static string WithoutCode(string page) => Fence().Replace(File.ReadAllText(Checkout.At(page)), "");

    // As GitHub makes them: lower case, punctuation dropped, spaces to dashes.
    private static IEnumerable<string> Anchors(string file) =>
        from line in File.ReadLines(file)
        where line.StartsWith('#')
        select Punctuation().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\bscript/[a-z]+\b(?!\.)")]
    private static partial Regex Script();

    // A path of this project: begins with one of its folders, and has no pattern or placeholder in it.
    [GeneratedRegex(@"`(?<path>(?:docs|infra|signalling|tests|turn|\.ci|\.github)/[A-Za-z0-9_./-]*)`")]
    private static partial Regex CodePath();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}

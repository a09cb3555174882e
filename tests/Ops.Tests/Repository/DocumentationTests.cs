using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Repository;

public partial class DocumentationTests
{
    public static TheoryData<string> Pages =>
    [
        .. new[] { Checkout.Root, Checkout.At("docs") }.SelectMany(folder => Directory.EnumerateFiles(folder, "*.md"))
            .Select(file => Path.GetRelativePath(Checkout.Root, file)),
    ];

    [Theory, MemberData(nameof(Pages))]
    public void Every_link_resolves(string page)
    {
        var links = Link().Matches(WithoutCode(page)).Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal));
        Assert.All(links, link =>
        {
            var parts = link.Split('#');
            var target = parts[0].Length == 0 ? Checkout.At(page) : Path.GetFullPath(parts[0], Path.GetDirectoryName(Checkout.At(page))!);
            Assert.True(Path.Exists(target), $"{page} links to {link}, which doesn't exist");
            if (parts.Length > 1) Assert.Contains(parts[1], Anchors(target));
        });
    }

    [Theory, MemberData(nameof(Pages))]
    public void Every_named_script_exists_and_is_executable(string page)
    {
        var named = Script().Matches(File.ReadAllText(Checkout.At(page))).Select(match => match.Value).Distinct();
        Assert.All(named, script =>
        {
            Assert.True(File.Exists(Checkout.At(script)), $"{page} names {script}, which doesn't exist");
            if (!OperatingSystem.IsWindows())
                Assert.True(File.GetUnixFileMode(Checkout.At(script)).HasFlag(UnixFileMode.UserExecute), $"{script} isn't executable");
        });
    }

    [Theory, MemberData(nameof(Pages))]
    public void Every_path_in_inline_code_exists(string page)
    {
        var paths = CodePath().Matches(File.ReadAllText(Checkout.At(page))).Select(match => match.Groups["path"].Value);
        Assert.All(paths, path => Assert.True(Path.Exists(Checkout.At(path)), $"{page} names `{path}`, which doesn't exist"));
    }

    private static string WithoutCode(string page) => Fence().Replace(File.ReadAllText(Checkout.At(page)), "");

    // GitHub's anchors: lower case, without punctuation, dashes instead of spaces.
    private static IEnumerable<string> Anchors(string file) =>
        from line in File.ReadLines(file)
        where line.StartsWith('#')
        select Punctuation().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\bscript/[a-z]+\b(?!\.)")]
    private static partial Regex Script();

    // A path of this repository without a pattern or placeholder.
    [GeneratedRegex(@"`(?<path>(?:docs|infra|signalling|tests|turn|\.ci|\.github)/[A-Za-z0-9_./-]*)`")]
    private static partial Regex CodePath();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}

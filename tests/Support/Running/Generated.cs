using Xunit;

namespace Causeway.Tests.Support.Running;

/// <summary>
/// Files in the checkout that are generated from the code. With CAUSEWAY_REGENERATE=1 the tests write them; otherwise they compare.
/// </summary>
public static class Generated
{
    // Tests that run in parallel may write parts of the same page.
    private static readonly Lock Turn = new();

    public static void IsFresh(string path, string expected)
    {
        var full = Checkout.At(path);
        if (Environment.GetEnvironmentVariable("CAUSEWAY_REGENERATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, expected);
        }
        Assert.True(File.Exists(full) && File.ReadAllText(full) == expected,
            $"{path} differs from the code; run this test once with CAUSEWAY_REGENERATE=1 in the environment and commit the file");
    }

    /// <summary>The same for a part of a Markdown page: what is between the comments <c>generated: PART</c> and <c>end: PART</c>.</summary>
    public static void IsFresh(string path, string part, string expected)
    {
        using var turn = Turn.EnterScope();
        var page = File.ReadAllText(Checkout.At(path));
        var (start, end) = ($"<!-- generated: {part} -->\n", $"<!-- end: {part} -->\n");
        var from = page.IndexOf(start, StringComparison.Ordinal) + start.Length;
        var to = page.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= start.Length && to >= from, $"{path} has no part {part}");
        IsFresh(path, page[..from] + expected + page[to..]);
    }
}

using System.Text;
using System.Text.RegularExpressions;

namespace Causeway.Blueprint.Tests.Policies;

public partial class PolicyDocumentTests
{
    private const string Page = "docs/policies.md";

    [Fact]
    public void Docs_policies_md_lists_the_policies_on_plans() =>
        Generated.IsFresh(Page, "plan", PolicyTable.Render(typeof(PolicyDocumentTests).Assembly, "tests/Blueprint.Tests/Policies"));

    [Fact]
    public void Docs_policies_md_lists_the_waivers() => Generated.IsFresh(Page, "waivers", Waivers());

    [Fact]
    public void At_least_eighty_policies_are_judged_on_the_plan() =>
        Assert.InRange(PolicyTable.Of(typeof(PolicyDocumentTests).Assembly).Count, 80, int.MaxValue);

    /// <summary>Reads the page, which also has the policies on the registered graph.</summary>
    [Fact]
    public async Task No_two_policies_have_the_same_id()
    {
        var page = await File.ReadAllTextAsync(Checkout.At(Page), TestContext.Current.CancellationToken);
        var ids = Row().Matches(page)
            .SelectMany(row => row.Groups["ids"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            .ToList();
        Assert.InRange(ids.Count, 30, int.MaxValue);
        Assert.All(ids, id => Assert.Matches("^CKV2?_AWS_[0-9]+$", id));
        Assert.Distinct(ids);
    }

    [GeneratedRegex(@"^\| [^|]+ \| (?<ids>[A-Z0-9_, ]*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    private static string Waivers()
    {
        var text = new StringBuilder("\n| about | departs from | why |\n| --- | --- | --- |\n");
        foreach (var waiver in Plans.Of(("access", "ssm"), ("ssmAgentKeyFingerprint", Plans.SsmKey)).Waivers)
            text.Append($"| {waiver.Subject} | {waiver.Rule} | {waiver.Reason} |\n");
        return text.Append('\n').ToString();
    }
}

using System.Reflection;
using System.Text;
using Causeway.Blueprint.Policies;

namespace Causeway.Blueprint.Tests.Policies;

public class PolicyDocumentTests
{
    private static readonly IReadOnlyList<(string Class, string Rule, IReadOnlyList<string> Ids)> Policies =
    [
        .. typeof(PolicyDocumentTests).Assembly.GetTypes()
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .SelectMany(type => type.GetMethods()
                .Where(method => method.GetCustomAttribute<PolicyAttribute>() is not null)
                .OrderBy(method => method.MetadataToken)
                .Select(method => (type.Name, method.Name.Replace('_', ' '), method.GetCustomAttribute<PolicyAttribute>()!.Ids))),
    ];

    [Fact]
    public void Docs_policies_md_says_which_rules_are_tested() => Generated.IsFresh("docs/policies.md", Render());

    [Fact]
    public void At_least_forty_rules_are_tested() => Assert.InRange(Policies.Count, 40, int.MaxValue);

    [Fact]
    public void Ids_have_the_form_of_Checkovs_and_stand_at_one_rule_each()
    {
        var ids = Policies.SelectMany(policy => policy.Ids).ToList();
        Assert.All(ids, id => Assert.Matches("^CKV2?_AWS_[0-9]+$", id));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    private static string Render()
    {
        var text = new StringBuilder("""
            # Policies

            Every row is a test that runs on the plan (`infra/Blueprint`) for a spread of settings, without an account. The mapping from the plan to
            Pulumi resources is tested resource by resource in `tests/Infra.Tests`, so what holds for the plan holds for what is registered. Ids are those of
            [Checkov](https://github.com/bridgecrewio/checkov)'s rules with the same meaning.

            This page is made from the tests' own names; a test keeps it so.


            """);
        foreach (var group in Policies.GroupBy(policy => policy.Class))
        {
            text.Append($"## {group.Key.Replace("Policies", "", StringComparison.Ordinal)}\n\nTested in `tests/Blueprint.Tests/Policies/{group.Key}.cs`.\n\n| rule | id |\n| --- | --- |\n");
            foreach (var (_, rule, ids) in group) text.Append($"| {rule} | {string.Join(", ", ids)} |\n");
            text.Append('\n');
        }

        text.Append("## Waivers\n\nWhat common rules would refuse, and why it stands. Those about permissions hold only where the settings ask for what needs them.\n\n| about | departs from | why |\n| --- | --- | --- |\n");
        foreach (var waiver in Plans.Of(("access", "ssm"), ("ssmAgentKeyFingerprint", Plans.SsmKey)).Waivers) text.Append($"| {waiver.Subject} | {waiver.Rule} | {waiver.Reason} |\n");
        return text.ToString();
    }
}

using System.Reflection;

namespace Causeway.Infra.Tests.Policies;

public class PolicyTests
{
    private static readonly Dictionary<string, MethodInfo> All =
        PolicyTable.Of(typeof(PolicyTests).Assembly).ToDictionary(policy => policy.Name);

    public static TheoryData<string> Policies => [.. All.Keys];

    [Theory, EveryPlan]
    public async Task Every_policy_holds(Plan plan)
    {
        var graph = (await Registered.From(plan)).Graph;
        Assert.All(All.Values, policy => PolicyTable.Judge(policy, graph));
    }

    [Theory, MemberData(nameof(Policies))]
    public async Task A_graph_that_breaks_one_policy_fails_this_policy_only(string name)
    {
        var graph = (await Registered.From(Plans.Of())).Graph;
        var breaks = All[name].GetCustomAttributes<BrokenByAttribute>().ToList();
        Assert.NotEmpty(breaks);
        Assert.All(breaks, one =>
        {
            var broken = one.Break(graph);
            var finding = All.Where(policy => Record.Exception(() => PolicyTable.Judge(policy.Value, broken)) is not null);
            Assert.Equal([name], finding.Select(policy => policy.Key));
        });
    }

    [Fact]
    public void At_least_twenty_six_policies_are_judged_on_the_graph() => Assert.InRange(All.Count, 26, int.MaxValue);

    [Fact]
    public void Docs_policies_md_lists_them() =>
        Generated.IsFresh("docs/policies.md", "graph", PolicyTable.Render(typeof(PolicyTests).Assembly, "tests/Infra.Tests/Policies"));
}

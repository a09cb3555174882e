using System.Reflection;
using CsCheck;

namespace Causeway.Blueprint.Tests.Policies;

/// <summary>The policies about a plan: each holds for any settings, and each finds what breaks it.</summary>
public class PolicyProperties
{
    // The others compare what the planner makes of two settings.
    private static readonly Dictionary<string, MethodInfo> Policies = PolicyTable.Of(typeof(PolicyProperties).Assembly)
        .Where(policy => policy.GetParameters() is [{ Name: "spread" }]).ToDictionary(policy => policy.Name);

    public static TheoryData<string> Names => [.. Policies.Keys];

    [Fact]
    public void Every_policy_on_a_plan_holds_for_any_valid_settings()
    {
        Assert.InRange(Policies.Count, 75, int.MaxValue);
        AnySettings.Plan.Sample(plan => Plans.With(plan, name =>
        {
            foreach (var policy in Policies.Values) PolicyTable.Judge(policy, name);
        }), iter: 50);
    }

    /// <summary>
    /// A policy that lets a broken plan pass is none, and one that complains about another's matter says the wrong thing.
    /// </summary>
    [Theory, MemberData(nameof(Names))]
    public void Every_policy_and_no_other_finds_what_breaks_it(string policy)
    {
        var plan = Plans.Of(("access", "ssm"), ("ssmAgentKeyFingerprint", Plans.SsmKey));
        Assert.Contains(policy, PlanBreaks.All);
        Assert.Equal([], Failing(plan));
        Assert.Equal([policy], Failing(PlanBreaks.All[policy](plan)));
    }

    [Fact]
    public void Every_policy_about_the_planner_finds_what_breaks_it()
    {
        Assert.Equal(
            PolicyTable.Of(typeof(PolicyProperties).Assembly).Select(policy => policy.Name).Order(),
            Policies.Keys.Concat(PlanBreaks.Compared.Keys).Order());
        Assert.All(PlanBreaks.Compared.Values, broken => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => broken(Plans.Of())));
    }

    private static List<string> Failing(Plan plan)
    {
        List<string> failing = [];
        Plans.With(plan, name => failing.AddRange(
            from policy in Policies
            where Record.Exception(() => PolicyTable.Judge(policy.Value, name)) is not null
            select policy.Key));
        return failing;
    }
}

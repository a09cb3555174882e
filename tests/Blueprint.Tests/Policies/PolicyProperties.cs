using System.Reflection;
using CsCheck;

namespace Causeway.Blueprint.Tests.Policies;

public class PolicyProperties
{
    private static readonly IReadOnlyList<MethodInfo> All = PolicyTable.Of(typeof(PolicyProperties).Assembly);

    // The others compare two plans.
    private static readonly Dictionary<string, MethodInfo> OnAPlan = All
        .Where(policy => policy.GetParameters() is [{ } subject] && subject.ParameterType == typeof(Plan))
        .ToDictionary(policy => policy.Name);

    public static TheoryData<string> Names => [.. OnAPlan.Keys];

    [Fact]
    public void Every_policy_on_a_plan_holds_for_any_valid_settings()
    {
        Assert.InRange(OnAPlan.Count, 75, int.MaxValue);
        AnySettings.Plan.Sample(plan => Assert.All(OnAPlan.Values, policy => PolicyTable.Judge(policy, plan)), iter: 50);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_plan_that_breaks_one_policy_fails_this_policy_only(string policy)
    {
        var plan = Plans.Of(("access", "ssm"), ("ssmAgentKeyFingerprint", Plans.SsmKey));
        Assert.Contains(policy, PlanBreaks.All);
        Assert.Empty(Failing(plan));
        Assert.Equal([policy], Failing(PlanBreaks.All[policy](plan)));
    }

    [Fact]
    public void Two_plans_that_break_a_policy_fail_it()
    {
        Assert.Equal(All.Select(policy => policy.Name).Order(), OnAPlan.Keys.Concat(PlanBreaks.Compared.Keys).Order());
        Assert.All(PlanBreaks.Compared.Values, broken => Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => broken(Plans.Of())));
    }

    private static IEnumerable<string> Failing(Plan plan) =>
        OnAPlan.Values.Where(policy => Record.Exception(() => PolicyTable.Judge(policy, plan)) is not null).Select(policy => policy.Name);
}

using System.Reflection;
using CsCheck;

namespace Causeway.Blueprint.Tests.Policies;

public class PolicyProperties
{
    private static readonly IReadOnlyList<MethodInfo> Policies =
    [
        .. typeof(PolicyProperties).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<PolicyAttribute>() is not null && method.GetParameters() is [{ Name: "spread" }]),
    ];

    [Fact]
    public void Every_policy_on_a_plan_holds_for_any_valid_settings()
    {
        Assert.InRange(Policies.Count, 60, int.MaxValue);
        AnySettings.Plan.Sample(plan => Plans.With(plan, name =>
        {
            foreach (var policy in Policies)
            {
                try
                {
                    policy.Invoke(Activator.CreateInstance(policy.DeclaringType!), [name]);
                }
                catch (TargetInvocationException broken)
                {
                    throw new InvalidOperationException($"{policy.Name.Replace('_', ' ')}: {broken.InnerException!.Message}", broken.InnerException);
                }
            }
        }), iter: 50);
    }
}

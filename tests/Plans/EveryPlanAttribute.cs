using Xunit.v3;

namespace Causeway.Tests.Plans;

/// <summary>Runs a theory with every plan of <see cref="Plans.All"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryPlanAttribute : MemberDataAttributeBase
{
    public EveryPlanAttribute() : base(nameof(Plans.Rows), []) => MemberType = typeof(Plans);
}

namespace Causeway.Infra.Tests.Policies;

/// <summary>
/// A change that breaks a policy and no other: the first resource of a type lacks an input, or has another value.
/// </summary>
/// <param name="type">The resource's type.</param>
/// <param name="path">The input, as <c>rules.0.status</c>; null to leave the resource out.</param>
/// <param name="value">Its value; null to leave the input out.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class BrokenByAttribute(string type, string? path = null, object? value = null) : Attribute
{
    public Graph Break(Graph graph) => graph.With(type, path, value);
}

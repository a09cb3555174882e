namespace Causeway.Blueprint.Policies;

/// <summary>Something that a common rule would refuse, and why it stands.</summary>
/// <param name="Subject">What it is about: a role's statement, a resource.</param>
/// <param name="Rule">The rule that it departs from.</param>
/// <param name="Reason">Why.</param>
public sealed record Waiver(string Subject, string Rule, string Reason);

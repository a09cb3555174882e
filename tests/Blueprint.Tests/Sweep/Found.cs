using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;

namespace Causeway.Blueprint.Tests.Sweep;

/// <summary>Makes found resources.</summary>
internal static class Found
{
    public const string Region = "us-east-1";

    public static readonly DateOnly Today = new(2026, 11, 29);

    public static Dictionary<string, string> Tags(string stack = "dev", string? stage = "demo", string? expires = "2026-11-01")
    {
        var tags = new Dictionary<string, string> { [StackTags.ProjectTag] = "causeway", [StackTags.StackTag] = stack };
        if (stage is not null) tags[StackTags.StageTag] = stage;
        if (expires is not null) tags[StackTags.ExpiresTag] = expires;
        return tags;
    }

    public static FoundResource One(
        string kind,
        string name = "causeway-dev-0123456789",
        string region = Region,
        Dictionary<string, string>? tags = null,
        params (string Name, string Value)[] facts)
    {
        return new()
        {
            Kind = kind,
            Id = $"{kind} {name}",
            Name = name,
            Region = region,
            Tags = tags ?? Tags(),
            Facts = facts.ToDictionary(fact => fact.Name, fact => fact.Value),
        };
    }

    public static FoundStack Stack(params FoundResource[] resources) => Assert.Single(FoundStack.Group(resources));
}

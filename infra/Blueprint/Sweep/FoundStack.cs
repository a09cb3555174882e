using System.Text.RegularExpressions;
using Causeway.Blueprint.Naming;

namespace Causeway.Blueprint.Sweep;

/// <summary>A stack as an account shows it: what carries its tags. It needs neither Pulumi's state nor the stack's file.</summary>
/// <param name="Name">The stack's name, from the tags.</param>
/// <param name="Region">The region that its settings name. Stacks of one name in two regions are two stacks.</param>
/// <param name="Resources">Everything of it, in the order in which it was found.</param>
public sealed partial record FoundStack(string Name, string Region, IReadOnlyList<FoundResource> Resources)
{
    /// <summary>The stage; null when no resource says one. One resource of a production stack makes all of it one, and so does any stage
    /// but demo.</summary>
    public string? Stage => Stages.Contains(StackTags.Production)
        ? StackTags.Production
        : Stages.Order(StringComparer.Ordinal).FirstOrDefault(stage => stage != StackTags.Demo) ?? Stages.FirstOrDefault();

    /// <summary>Whether its resources say several stages.</summary>
    public bool StagesDiffer => Stages.Count > 1;

    /// <summary>The day of expiry; the latest where resources say several, as after a prolonging that was interrupted. Null on production
    /// stacks.</summary>
    public DateOnly? Expires => Resources.Max(resource => resource.StackTags?.Expires);

    /// <summary>When the oldest resource was made that AWS tells a time of; null when it tells none.</summary>
    public DateTimeOffset? Since => Resources.Min(resource => resource.Since);

    /// <summary>The tags that all of its resources have beside the project's: whose it is, where a person's settings say it.</summary>
    public IReadOnlyDictionary<string, string> OtherTags
    {
        get
        {
            var all = Resources.Select(resource => resource.Tags).OfType<IReadOnlyDictionary<string, string>>().ToList();
            return all.Take(1).SelectMany(tags => tags)
                .Where(tag => tag.Key is not (StackTags.ProjectTag or StackTags.StackTag or StackTags.StageTag or StackTags.ExpiresTag or "Name"))
                .Where(tag => all.TrueForAll(tags => tags.GetValueOrDefault(tag.Key) == tag.Value)).ToDictionary();
        }
    }

    /// <summary>The generations of its instances, in the order of their names.</summary>
    public IReadOnlyList<string> Generations =>
    [
        .. Of(SweepKinds.Instance).Select(instance => instance.Name)
            .Where(name => name.StartsWith($"{StackName.PrefixOf(Name)}-", StringComparison.Ordinal))
            .Select(name => name[$"{StackName.PrefixOf(Name)}-".Length..]).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>The page's host: the DNS name that its health checks ask, else signalling's Elastic IP; null when neither is
    /// there.</summary>
    public string? Host =>
        Domain ?? Of(SweepKinds.ElasticIp).FirstOrDefault(address => address.Name == $"{StackName.PrefixOf(Name)}-signalling")?.Get(Fact.Address);

    /// <summary>The DNS name that its health checks ask; null without one.</summary>
    public string? Domain => Of(SweepKinds.HealthCheck).Select(check => check.Get(Fact.Domain)).FirstOrDefault(name => name is not null);

    /// <summary>What it costs.</summary>
    public FoundCost Cost => FoundCost.Of(Resources);

    /// <summary>Its resources of one kind.</summary>
    public IEnumerable<FoundResource> Of(string kind) => Resources.Where(resource => resource.Kind == kind);

    /// <summary>Groups resources by their stacks. What is not ours, or whose tags could not be read, is in none.</summary>
    public static IReadOnlyList<FoundStack> Group(IEnumerable<FoundResource> found) =>
    [
        .. found.Where(resource => resource.StackTags is { Ours: true, Stack: not null })
            .GroupBy(resource => (resource.StackTags!.Stack!, Home(resource)))
            .Select(same => new FoundStack(same.Key.Item1, same.Key.Item2, [.. same]))
            .OrderBy(stack => stack.Name, StringComparer.Ordinal).ThenBy(stack => stack.Region, StringComparer.Ordinal),
    ];

    private HashSet<string> Stages => Resources.Select(resource => resource.StackTags?.Stage).OfType<string>().ToHashSet();

    // What is global, and what is in us-east-1 for a stack elsewhere, has the stack's region in its name (Plan.GlobalPrefix).
    private static string Home(FoundResource resource)
    {
        if (resource.Proof is { } proof) return Home(proof);
        var prefix = $"{StackName.PrefixOf(resource.StackTags!.Stack!)}-";
        return resource.Name.StartsWith(prefix, StringComparison.Ordinal)
            && RegionName().Match(resource.Name[prefix.Length..]) is { Success: true } match
            ? match.Groups[1].Value
            : resource.Region;
    }

    [GeneratedRegex("^([a-z]+(?:-[a-z]+)+-[0-9]+)(?:-|$)")]
    private static partial Regex RegionName();
}

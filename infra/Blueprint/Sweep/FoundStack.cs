using System.Text.RegularExpressions;
using Causeway.Blueprint.Naming;

namespace Causeway.Blueprint.Sweep;

/// <summary>A stack in an account: the resources with its tags, found without Pulumi's state and the stack's file.</summary>
/// <param name="Region">The region that its settings name. Stacks of one name in two regions are two stacks.</param>
public sealed record FoundStack(string Name, string Region, IReadOnlyList<FoundResource> Resources)
{
    private static readonly Regex RegionName = new("^([a-z]+(?:-[a-z]+)+-[0-9]+)(?:-|$)");

    /// <summary>
    /// Gets the stage; null when no resource has one. One resource with the stage production decides, and then one with any stage but demo.
    /// </summary>
    public string? Stage => Stages
        .OrderBy(stage => stage switch { StackTags.Production => 0, StackTags.Demo => 2, _ => 1 })
        .ThenBy(stage => stage, StringComparer.Ordinal)
        .FirstOrDefault();

    public bool StagesDiffer => Stages.Count > 1;

    /// <summary>
    /// Gets the day of expiry; the latest of several, as after an interrupted <c>ops extend</c>. Null for production stacks.
    /// </summary>
    public DateOnly? Expires => Resources.Max(resource => resource.StackTags?.Expires);

    /// <summary>Gets when its oldest resource was created; null when AWS reports no time.</summary>
    public DateTimeOffset? Since => Resources.Min(resource => resource.Since);

    /// <summary>Gets the other tags that all of its resources have, which may say whose it is.</summary>
    public IReadOnlyDictionary<string, string> OtherTags
    {
        get
        {
            string[] known = [StackTags.ProjectTag, StackTags.StackTag, StackTags.StageTag, StackTags.ExpiresTag, "Name"];
            var all = Resources.Select(resource => resource.Tags).OfType<IReadOnlyDictionary<string, string>>().ToList();
            return all.Take(1)
                .SelectMany(tags => tags)
                .Where(tag => !known.Contains(tag.Key) && all.TrueForAll(tags => tags.GetValueOrDefault(tag.Key) == tag.Value))
                .ToDictionary();
        }
    }

    /// <summary>Gets the generations of its instances, by name.</summary>
    public IReadOnlyList<string> Generations =>
    [
        .. Of(SweepKinds.Instance)
            .Select(instance => AfterPrefix(Name, instance.Name))
            .OfType<string>()
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Gets the page's host: the DNS name that its health checks probe, or signalling's Elastic IP; null without both.</summary>
    public string? Host => Domain
        ?? Of(SweepKinds.ElasticIp).FirstOrDefault(address => AfterPrefix(Name, address.Name) == "signalling")?.Get(Fact.Address);

    /// <summary>Gets the DNS name that its health checks probe; null for none.</summary>
    public string? Domain => Of(SweepKinds.HealthCheck).Select(check => check.Get(Fact.Domain)).OfType<string>().FirstOrDefault();

    public FoundCost Cost => FoundCost.Of(Resources);

    public IEnumerable<FoundResource> Of(string kind) => Resources.Where(resource => resource.Kind == kind);

    /// <summary>Groups resources by stack, without those of other projects and those whose tags can't be read.</summary>
    public static IReadOnlyList<FoundStack> Group(IEnumerable<FoundResource> found) =>
    [
        .. found.Where(resource => resource.StackTags is { Ours: true, Stack: not null })
            .GroupBy(resource => (Stack: resource.StackTags!.Stack!, Region: Home(resource)))
            .Select(same => new FoundStack(same.Key.Stack, same.Key.Region, [.. same]))
            .OrderBy(stack => stack.Name, StringComparer.Ordinal)
            .ThenBy(stack => stack.Region, StringComparer.Ordinal),
    ];

    private HashSet<string> Stages => Resources.Select(resource => resource.StackTags?.Stage).OfType<string>().ToHashSet();

    // Names of global resources, and of those in us-east-1 for a stack elsewhere, contain the stack's region (StackName.GlobalPrefixOf).
    private static string Home(FoundResource resource)
    {
        if (resource.Proof is { } proof) return Home(proof);
        var name = AfterPrefix(resource.StackTags!.Stack!, resource.Name);
        return name is not null && RegionName.Match(name) is { Success: true } match ? match.Groups[1].Value : resource.Region;
    }

    // What follows causeway-STACK- in a name; null for another name.
    private static string? AfterPrefix(string stack, string name)
    {
        var prefix = $"{StackName.PrefixOf(stack)}-";
        return name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : null;
    }
}

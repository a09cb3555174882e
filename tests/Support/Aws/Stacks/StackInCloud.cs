namespace Causeway.Tests.Support.Aws.Stacks;

/// <summary>
/// Stands up in an account what a program registers: each resource with its tags and with what it depends on. A type that is not known here
/// is an error, so that a new one cannot be forgotten.
/// </summary>
public sealed partial class StackInCloud
{
    private readonly AwsCloud _cloud;
    private readonly string _region;
    private readonly DateTimeOffset _created;
    private readonly Dictionary<(string Type, string Name), CloudResource> _made = [];
    private readonly Dictionary<string, string> _told = [];

    private StackInCloud(AwsCloud cloud, string region, DateTimeOffset created) => (_cloud, _region, _created) = (cloud, region, created);

    /// <summary>Stands a stack up.</summary>
    /// <param name="cloud">The account.</param>
    /// <param name="region">The stack's region.</param>
    /// <param name="resources">What the program registered.</param>
    /// <param name="created">When it was made; defaults to now.</param>
    /// <exception cref="InvalidOperationException">A type is not known, or something that a resource needs is not there.</exception>
    public static StackInCloud StandUp(
        AwsCloud cloud, string region, IEnumerable<StackResource> resources, DateTimeOffset? created = null)
    {
        var all = resources.Where(resource => resource.Type.StartsWith("aws:", StringComparison.Ordinal)).ToList();
        if (all.FirstOrDefault(resource => !Known.Contains(resource.Type)) is { } unknown)
            throw new InvalidOperationException($"{unknown.Type} is unknown; add it to {nameof(StackInCloud)}");
        var stack = new StackInCloud(cloud, region, created ?? DateTimeOffset.UtcNow);
        return cloud.Server.Locked(() =>
        {
            // What others need comes first, whatever the order of registration.
            foreach (var (type, make) in stack.Steps)
                foreach (var resource in all.Where(resource => resource.Type == type))
                    make(resource);
            return stack;
        });
    }

    /// <summary>The known types.</summary>
    public static IReadOnlySet<string> Known { get; } = new StackInCloud(null!, "", default).Steps.Select(step => step.Type).ToHashSet();

    /// <summary>What was made of a resource; a rule of a bucket or a route is part of something else and is not here.</summary>
    public IReadOnlyDictionary<(string Type, string Name), CloudResource> Made => _made;

    private IReadOnlyList<(string Type, Action<StackResource> Make)> Steps =>
        [.. NetworkSteps, .. AccessSteps, .. StorageSteps, .. HostSteps, .. WatchingSteps];

    private T Add<T>(StackResource planned, CloudTable<T> table, T resource) where T : CloudResource
    {
        _made.Add((planned.Type, planned.Name), table.Add(resource));
        return resource;
    }

    // The resource of an id or ARN: the tests' engine makes both from its logical name.
    private T MadeOf<T>(string type, string? reference) where T : CloudResource
    {
        var name = reference switch
        {
            null => throw new InvalidOperationException($"a reference to {type} is missing"),
            _ when reference.StartsWith("arn:of:", StringComparison.Ordinal) => reference["arn:of:".Length..],
            _ when reference.EndsWith("-id", StringComparison.Ordinal) => reference[..^"-id".Length],
            _ => reference,
        };
        return _made.TryGetValue((type, name), out var made)
            ? (T)made
            : throw new InvalidOperationException($"{reference} names no {type} of the stack");
    }
}

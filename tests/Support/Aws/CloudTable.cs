using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Causeway.Tests.Support.Aws;

/// <summary>A table of the account, as the Resource Groups Tagging API looks at it.</summary>
internal interface ICloudTable
{
    /// <summary>What it lists: what is there, and for a while what was.</summary>
    IEnumerable<CloudResource> Listed();

    /// <summary>What is there.</summary>
    IEnumerable<CloudResource> There { get; }
}

/// <summary>The things of one kind in a region, or in the world.</summary>
/// <param name="injected">How late the account shows what was done.</param>
public sealed class CloudTable<T>(Injection injected) : ICloudTable where T : CloudResource
{
    /// <summary>How many things there may be.</summary>
    public const int Most = 10_000;

    private readonly List<T> _there = [];
    private readonly HashSet<string> _ids = [];
    private readonly List<(T Resource, int Left)> _shown = [];
    private readonly List<(T Resource, int Left)> _listed = [];

    /// <summary>What is there.</summary>
    public IReadOnlyList<T> All => [.. _there];

    IEnumerable<CloudResource> ICloudTable.There => _there;

    /// <summary>Puts something there.</summary>
    public T Add(T resource)
    {
        if (_there.Count >= Most) throw new InvalidOperationException($"more than {Most} of {typeof(T).Name}");
        if (!_ids.Add(resource.Id)) throw new InvalidOperationException($"{resource.Id} is there already");
        resource.Order = CloudOrder.Next();
        _there.Add(resource);
        return resource;
    }

    /// <summary>Finds something that is there.</summary>
    public bool TryFind(string? id, [NotNullWhen(true)] out T? found)
    {
        found = _there.FirstOrDefault(resource => resource.Id == id);
        return found is not null;
    }

    /// <summary>Finds something that is there, or refuses.</summary>
    public T Find(string? id, Func<AwsRefusedException> refusal) => TryFind(id, out var found) ? found : throw refusal();

    /// <summary>Deletes something. It may be seen for some time.</summary>
    public void Remove(T resource)
    {
        if (!_there.Remove(resource)) return;
        _ids.Remove(resource.Id);
        if (injected.ReadsUntilDeletionShows > 0) _shown.Add((resource, injected.ReadsUntilDeletionShows));
        if (injected.ListingsUntilDeletionShows > 0) _listed.Add((resource, injected.ListingsUntilDeletionShows));
    }

    /// <summary>What a read shows, in the order in which it came to be.</summary>
    internal IReadOnlyList<Seen<T>> Read() =>
        [.. _there.Concat(Late(_shown)).OrderBy(one => one.Order).Select(resource => new Seen<T>(resource, resource.Seen()))];

    IEnumerable<CloudResource> ICloudTable.Listed() => [.. _there, .. Late(_listed)];

    /// <summary>What a list is cut into pages by.</summary>
    internal static string OrderOf(Seen<T> seen) => seen.Resource.Order.ToString("D12", CultureInfo.InvariantCulture);

    private static List<T> Late(List<(T Resource, int Left)> gone)
    {
        var seen = gone.Select(one => one.Resource).ToList();
        for (var index = 0; index < gone.Count; index++) gone[index] = (gone[index].Resource, gone[index].Left - 1);
        gone.RemoveAll(one => one.Left <= 0);
        return seen;
    }
}

/// <summary>The order in which things come to be, one for all tables: a list of several is cut into pages by it.</summary>
internal static class CloudOrder
{
    private static long _last;

    /// <summary>The next number.</summary>
    public static long Next() => Interlocked.Increment(ref _last);
}

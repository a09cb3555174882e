using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Causeway.Infra.Tests;

/// <summary>A plan's resources as they were registered, and the look-ups before them.</summary>
internal sealed record Graph(Plan Plan, IReadOnlyList<RegisteredResource> Resources)
{
    public IReadOnlyList<RegisteredResource> Of(string type) => [.. Resources.Where(resource => resource.Type == type)];

    /// <summary>Checks each resource of a type, of which there is at least one.</summary>
    public void Each(string type, Action<RegisteredResource> check)
    {
        Assert.NotEmpty(Of(type));
        Assert.All(Of(type), check);
    }

    /// <summary>A resource's tags in AWS: the provider's default tags and its own. Empty for what takes no tags.</summary>
    public IReadOnlyDictionary<string, string> TagsOf(RegisteredResource resource)
    {
        if (!resource.TakesTags) return ImmutableDictionary<string, string>.Empty;
        var tags = Default();
        foreach (var (key, value) in resource.At("tags") as ImmutableDictionary<string, object> ?? []) tags[key] = (string)value;
        return tags;
    }

    /// <summary>A copy in which the first resource of a type has another input.</summary>
    /// <param name="type">The type.</param>
    /// <param name="path">The input, as <c>rules.0.status</c>; null to leave the resource out.</param>
    /// <param name="value">Its value; null to leave the input out.</param>
    public Graph With(string type, string? path, object? value)
    {
        var resource = Of(type)[0];
        var rest = Resources.Where(other => !ReferenceEquals(other, resource));
        return this with
        {
            Resources = path is null ? [.. rest] : [.. rest, resource with { Inputs = Changed(resource.Inputs, path, value) }],
        };
    }

    private static ImmutableDictionary<string, object> Changed(ImmutableDictionary<string, object> inputs, string path, object? value) =>
        (ImmutableDictionary<string, object>)Set(inputs, path.Split('.'), value)!;

    // The provider gets JSON, which the mocks may parse.
    private Dictionary<string, string> Default() => Of(Types.Provider).SingleOrDefault()?["defaultTags"] switch
    {
        null => [],
        string json => JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(json)!["tags"],
        ImmutableDictionary<string, object> map =>
            ((ImmutableDictionary<string, object>)map["tags"]).ToDictionary(tag => tag.Key, tag => (string)tag.Value),
        var other => throw new InvalidOperationException($"default tags are {other}"),
    };

    private static object? Set(object? container, ReadOnlySpan<string> path, object? value)
    {
        if (path.IsEmpty) return value is string[] texts ? ImmutableArray.CreateRange<object>(texts) : value;
        if (container is ImmutableArray<object> list)
        {
            var index = int.Parse(path[0], CultureInfo.InvariantCulture);
            return list.SetItem(index, Set(list[index], path[1..], value)!);
        }
        var map = (ImmutableDictionary<string, object>)container!;
        return Set(map.GetValueOrDefault(path[0]), path[1..], value) is { } changed ? map.SetItem(path[0], changed) : map.Remove(path[0]);
    }
}

namespace Causeway.Tests.Support.Aws;

/// <summary>The parameters of AWS's query protocol: <c>Filter.1.Value.2=x</c>.</summary>
public sealed class QueryForm(string body)
{
    private const int MaxMembers = 1000;

    private readonly Dictionary<string, string> _values = body.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[^1].Replace('+', ' ')));

    /// <summary>A parameter; null when it is not there.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>All values.</summary>
    public IEnumerable<string> Values => _values.Values;

    /// <summary>The members of a list.</summary>
    public IReadOnlyList<string> List(string prefix) =>
        [.. Enumerable.Range(1, MaxMembers).Select(index => this[$"{prefix}.{index}"]).TakeWhile(value => value is not null)
            .OfType<string>()];

    /// <summary>The prefixes of a list's members that are structures: <c>Tag.1</c>, <c>Tag.2</c>.</summary>
    public IReadOnlyList<string> Structures(string prefix) => [.. Enumerable.Range(1, MaxMembers).Select(index => $"{prefix}.{index}")
        .TakeWhile(member => _values.Keys.Any(name => name.StartsWith($"{member}.", StringComparison.Ordinal)))];

    /// <summary>The keys and values of a list of tags.</summary>
    public IReadOnlyList<(string Key, string? Value)> Tags(string prefix) =>
        [.. Structures(prefix).Select(member => (this[$"{member}.Key"] ?? "", this[$"{member}.Value"]))];

    /// <summary>EC2's filters: a name and values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Filters => Structures("Filter")
        .ToDictionary(member => this[$"{member}.Name"] ?? "", member => List($"{member}.Value"));
}

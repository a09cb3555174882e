using System.Collections.Immutable;
using System.Globalization;

namespace Causeway.Tests.Support.Aws.Stacks;

/// <summary>A resource as a program registers it, with the outputs that the program got.</summary>
/// <param name="Type">The type, as <c>aws:ec2/vpc:Vpc</c>.</param>
/// <param name="Name">The logical name.</param>
/// <param name="Inputs">Its inputs.</param>
/// <param name="Outputs">Its outputs.</param>
public sealed record StackResource(
    string Type, string Name, IReadOnlyDictionary<string, object> Inputs, IReadOnlyDictionary<string, object> Outputs)
{
    /// <summary>A text; null when it is not there.</summary>
    public string? this[string input] => Inputs.GetValueOrDefault(input) as string;

    /// <summary>A text that must be there.</summary>
    public string Text(string input) => this[input] ?? throw new InvalidOperationException($"{Type} {Name} has no {input}");

    /// <summary>A number; the default when it is not there.</summary>
    public int Number(string input, int otherwise) =>
        Inputs.TryGetValue(input, out var value) ? Convert.ToInt32(value, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>A flag; false when it is not there.</summary>
    public bool Flag(string input) => Inputs.GetValueOrDefault(input) is true;

    /// <summary>A list of texts; empty when it is not there.</summary>
    public IReadOnlyList<string> Texts(string input) => TextsOf(Inputs, input);

    /// <summary>A list of texts in its outputs.</summary>
    public IReadOnlyList<string> Told(string output) => TextsOf(Outputs, output);

    /// <summary>A structure; empty when it is not there.</summary>
    public IReadOnlyDictionary<string, object> Map(string input) =>
        Inputs.GetValueOrDefault(input) as IReadOnlyDictionary<string, object> ?? new Dictionary<string, object>();

    /// <summary>The tags.</summary>
    public IReadOnlyDictionary<string, string> Tags => Map("tags").ToDictionary(tag => tag.Key, tag => (string)tag.Value);

    private static IReadOnlyList<string> TextsOf(IReadOnlyDictionary<string, object> values, string name) =>
        values.GetValueOrDefault(name) is ImmutableArray<object> list ? [.. list.Select(one => (string)one)] : [];
}

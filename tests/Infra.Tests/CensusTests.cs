using System.Collections.Immutable;
using System.Text;

namespace Causeway.Infra.Tests;

/// <summary>
/// The number of resources of each type in every plan, with their inputs and nested keys. Each lost input and each added resource is a line
/// in the file's diff, for people to review.
/// </summary>
public class CensusTests
{
    [Fact]
    public async Task Every_plan_registers_these_types_in_these_numbers_with_these_inputs()
    {
        var text = new StringBuilder();
        // The first plan is written whole, the others by what they have and lack beside it.
        List<string> first = [];
        foreach (var (name, plan) in Plans.All)
        {
            var lines = Lines(await Registered.From(plan)).ToList();
            text.Append($"# {name}\n");
            foreach (var line in lines.Except(first)) text.Append($"{line}\n");
            foreach (var line in first.Except(lines)) text.Append($"not: {line}\n");
            if (first.Count == 0) first = lines;
        }
        Generated.IsFresh("tests/Infra.Tests/census.txt", text.ToString());
    }

    // The provider's own inputs have defaults of its package, and a test of their own.
    private static IEnumerable<string> Lines(Registered registered) => registered.Resources
        .Where(resource => resource.Type != Types.Provider)
        .GroupBy(resource => (resource.Type, Inputs: string.Join(' ', Keys(resource.Inputs))))
        .OrderBy(same => same.Key.Type, StringComparer.Ordinal)
        .ThenBy(same => same.Key.Inputs, StringComparer.Ordinal)
        .Select(same => $"{same.Count()} {same.Key.Type}: {same.Key.Inputs}");

    // Keys of tags are values: other tests compare them.
    private static IEnumerable<string> Keys(ImmutableDictionary<string, object> inputs) => inputs
        .OrderBy(input => input.Key, StringComparer.Ordinal)
        .Select(input => input.Key == "tags" ? "tags" : input.Key + Inner(input.Value));

    private static string Inner(object value) => value switch
    {
        ImmutableDictionary<string, object> map => $"{{{string.Join(' ', Keys(map))}}}",
        ImmutableArray<object> list => $"[{string.Join(' ', list.Select(Inner).Where(inner => inner.Length > 0))}]",
        _ => "",
    };
}

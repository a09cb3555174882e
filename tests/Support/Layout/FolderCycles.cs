using System.Reflection;
using System.Text.RegularExpressions;
using ArchUnitNET.Loader;
using Xunit;

namespace Causeway.Tests.Support.Layout;

/// <summary>
/// Finds the folders of a project that use each other, directly or over a third. A folder is a namespace; the project's root is one of
/// them. What a folder uses is read from the compiled types, and from the sources' using directives, since the compiler copies constants.
/// </summary>
public static partial class FolderCycles
{
    /// <summary>Fails with every circle of a project.</summary>
    /// <param name="assembly">The project's assembly.</param>
    /// <param name="sources">The project's folder in the checkout: "turn/Protocol".</param>
    public static void AssertNone(Assembly assembly, string sources)
    {
        var circles = Of(assembly, sources);
        Assert.True(circles.Count == 0, string.Join("\n", circles));
    }

    /// <summary>
    /// Each group of folders that use each other, with one use for each pair as an example. Empty in a project without a circle.
    /// </summary>
    /// <param name="assembly">The project's assembly.</param>
    /// <param name="sources">The project's folder in the checkout: "turn/Protocol".</param>
    public static IReadOnlyList<string> Of(Assembly assembly, string sources)
    {
        var uses = new Uses();
        AddTypes(uses, assembly);
        AddUsings(uses, assembly, Running.Checkout.At(sources));
        return uses.Cycles();
    }

    private static void AddTypes(Uses uses, Assembly assembly)
    {
        var types = new ArchLoader().LoadAssembly(assembly).Build().Types;
        foreach (var dependency in types.SelectMany(type => type.Dependencies))
        {
            // A type parameter has neither assembly nor namespace.
            if (dependency.Target.Namespace is null || dependency.Target.Assembly?.Name != dependency.Origin.Assembly.Name) continue;
            var example = $"{dependency.Origin.Name} uses {dependency.Target.Name}";
            uses.Add(dependency.Origin.Namespace.FullName, dependency.Target.Namespace.FullName, example);
        }
    }

    private static void AddUsings(Uses uses, Assembly assembly, string folder)
    {
        var own = assembly.GetTypes().Select(type => type.Namespace ?? "").ToHashSet();
        foreach (var file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
        {
            var text = File.ReadAllText(file);
            var origin = NamespaceLine().Match(text).Groups[1].Value;
            if (!own.Contains(origin)) continue;
            foreach (Match line in UsingLine().Matches(text))
            {
                var name = line.Groups["name"].Value;
                var target = line.Groups["type"].Success && !own.Contains(name) ? Parent(name) : name;
                if (own.Contains(target)) uses.Add(origin, target, $"{Path.GetFileName(file)} has `{line.Value.Trim()}`");
            }
        }
    }

    // `using static` and aliases name a type.
    private static string Parent(string name) => name.LastIndexOf('.') is > 0 and var dot ? name[..dot] : "";

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^using (?<type>static |\w+ = )?(?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    private sealed class Uses
    {
        private readonly SortedDictionary<string, SortedDictionary<string, string>> _examples = new(StringComparer.Ordinal);

        public void Add(string user, string used, string example)
        {
            if (user == used || user.Length == 0 || used.Length == 0) return;
            if (!_examples.TryGetValue(user, out var targets)) _examples[user] = targets = new(StringComparer.Ordinal);
            targets.TryAdd(used, example);
        }

        // Two folders are in one circle when each reaches the other.
        public IReadOnlyList<string> Cycles()
        {
            var reach = _examples.Keys.ToDictionary(folder => folder, Reachable);
            var circles = _examples.Keys.Where(folder => reach[folder].Contains(folder))
                .GroupBy(folder => reach[folder].Where(other => reach.TryGetValue(other, out var back) && back.Contains(folder)).Order()
                    .First());
            return [.. circles.Select(circle => Describe([.. circle]))];
        }

        private HashSet<string> Reachable(string start)
        {
            var seen = new HashSet<string>();
            var open = new Stack<string>([start]);
            while (open.TryPop(out var folder))
            {
                if (!_examples.TryGetValue(folder, out var targets)) continue;
                foreach (var target in targets.Keys.Where(seen.Add)) open.Push(target);
            }
            return seen;
        }

        private string Describe(string[] circle)
        {
            var lines = from user in circle
                        from used in _examples[user]
                        where circle.Contains(used.Key)
                        select $"    {user} → {used.Key}: {used.Value}";
            return $"{string.Join(", ", circle)} use each other:\n{string.Join("\n", lines)}";
        }
    }
}

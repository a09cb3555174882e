using System.Text.Json;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Stacks;

namespace Causeway.Ops.Sweep;

/// <summary>
/// <c>pulumi destroy</c> of a stack whose state can be reached and is of the very resources that were found. Whatever hinders it is said,
/// and the sweep goes on without it.
/// </summary>
/// <param name="project">The folder of <c>Pulumi.yaml</c>.</param>
/// <param name="tell">Takes a line of progress.</param>
internal sealed class PulumiDestroy(DirectoryInfo project, Action<string> tell)
{
    private readonly PulumiCli _pulumi = new(project);

    /// <summary>Destroys a stack by its state, where that is there.</summary>
    /// <param name="stack">The stack, which the judge does not spare.</param>
    /// <param name="today">The day (UTC).</param>
    /// <param name="named">Whether the stack was named, and may be removed before its day.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether it ran, to its end or not: what is there may have changed.</returns>
    public async Task<bool> RunAsync(FoundStack stack, DateOnly today, bool named, CancellationToken cancellation)
    {
        if (!PulumiCli.IsInstalled || !File.Exists(Path.Combine(project.FullName, "Pulumi.yaml"))) return false;
        try
        {
            if (!await HasAsync(stack.Name, cancellation)) return false;
            var state = await _pulumi.RunAsync(["stack", "export", "--stack", stack.Name], "", cancellation);
            if (Spares(state, stack, today, named) is { } reason)
            {
                tell($"pulumi's state of {stack.Name} is left alone: {reason}");
                return false;
            }
        }
        catch (OpsException trouble)
        {
            tell($"sweeping without pulumi's state: {trouble.Message}");
            return false;
        }

        tell($"pulumi destroy of {stack.Name}");
        try
        {
            await _pulumi.StreamAsync(
                ["destroy", "--yes", "--skip-preview", "--stack", stack.Name], line => tell($"pulumi: {line}"), cancellation);
        }
        catch (OpsException trouble)
        {
            tell($"{trouble.Message}; what is left is swept");
        }
        return true;
    }

    /// <summary>
    /// Why a state is not destroyed; null when it is. It may be of another stack of the same name: one made anew since this one's state was
    /// lost, or moved to another region.
    /// </summary>
    /// <param name="export">What <c>pulumi stack export</c> printed.</param>
    /// <param name="stack">The stack that was found.</param>
    /// <param name="today">The day (UTC).</param>
    /// <param name="named">Whether the stack was named, and may be removed before its day.</param>
    public static string? Spares(string export, FoundStack stack, DateOnly today, bool named)
    {
        var found = stack.Resources.Select(resource => resource.Id).ToHashSet();
        var known = false;
        try
        {
            using var json = JsonDocument.Parse(export);
            if (!json.RootElement.GetProperty("deployment").TryGetProperty("resources", out var resources)) return "it is empty";
            foreach (var resource in resources.EnumerateArray())
            {
                var id = resource.TryGetProperty("id", out var text) ? text.GetString() : null;
                var type = resource.GetProperty("type").GetString();
                if (id is not null && found.Contains(id)) known = true;
                else if (type is "aws:ec2/vpc:Vpc" or "aws:ec2/instance:Instance")
                    return $"its {type.Split(':')[^1]} {id} is none of those that were found";
                if (Tags(resource) is not { Ours: true } tags) continue;
                if (tags.Stage != StackTags.Demo) return $"{id} in it is not of a demo";
                if (!named && !(tags.Expires < today)) return $"{id} in it has not expired";
            }
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"it cannot be read: {wrong.Message}";
        }
        return known ? null : "nothing in it was found";
    }

    private static StackTags? Tags(JsonElement resource)
    {
        if (!resource.TryGetProperty("outputs", out var outputs) || !outputs.TryGetProperty("tags", out var tags)) return null;
        if (tags.ValueKind != JsonValueKind.Object) return null;
        return StackTags.Read(tags.EnumerateObject().Where(tag => tag.Value.ValueKind == JsonValueKind.String)
            .ToDictionary(tag => tag.Name, tag => tag.Value.GetString()!));
    }

    // Names of other organizations' stacks have theirs before them.
    private async Task<bool> HasAsync(string stack, CancellationToken cancellation)
    {
        var list = await _pulumi.RunAsync(["stack", "ls", "--json"], "", cancellation);
        try
        {
            using var json = JsonDocument.Parse(list);
            return json.RootElement.EnumerateArray().Any(one => one.GetProperty("name").GetString() is { } name
                && (name == stack || name.EndsWith($"/{stack}", StringComparison.Ordinal)));
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new OpsException($"pulumi stack ls --json printed what cannot be read: {wrong.Message}", cause: wrong);
        }
    }
}

using System.Text.Json;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Stacks;

namespace Causeway.Ops.Sweep;

/// <summary>
/// Runs <c>pulumi destroy</c> for a stack whose state is available and contains the found resources. Otherwise reports the reason, and the
/// sweep continues without it.
/// </summary>
/// <param name="project">The folder of <c>Pulumi.yaml</c>.</param>
/// <param name="tell">Receives lines of progress.</param>
internal sealed class PulumiDestroy(DirectoryInfo project, Action<string> tell)
{
    private readonly PulumiCli _pulumi = new(project);

    /// <summary>Destroys a stack if its state is available.</summary>
    /// <param name="stack">The stack, which may be swept.</param>
    /// <param name="today">Today (UTC).</param>
    /// <param name="named">Whether the stack was named, and may be deleted before it expires.</param>
    /// <param name="cancellation">Cancels the destroy.</param>
    /// <returns>Whether it ran, even if it failed: resources may have changed.</returns>
    public async Task<bool> RunAsync(FoundStack stack, DateOnly today, bool named, CancellationToken cancellation)
    {
        if (!PulumiCli.IsInstalled || !File.Exists(Path.Combine(project.FullName, "Pulumi.yaml"))) return false;
        try
        {
            if (!await HasAsync(stack.Name, cancellation)) return false;
            var state = await _pulumi.RunAsync(["stack", "export", "--stack", stack.Name], "", cancellation);
            if (Spares(state, stack, today, named) is { } reason)
            {
                tell($"not using pulumi's state of {stack.Name}: {reason}");
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
            tell($"{trouble.Message}; sweeping what is left");
        }
        return true;
    }

    /// <summary>
    /// The reason not to destroy a state; null to destroy it. It may belong to another stack with the same name, which was created after
    /// this stack's state was lost, or in another region.
    /// </summary>
    /// <param name="export">The output of <c>pulumi stack export</c>.</param>
    /// <param name="stack">The found stack.</param>
    /// <param name="today">Today (UTC).</param>
    /// <param name="named">Whether the stack was named, and may be deleted before it expires.</param>
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
                    return $"its {type.Split(':')[^1]} {id} was not found in the account";
                if (Tags(resource) is not { Ours: true } tags) continue;
                if (tags.Stage != StackTags.Demo) return $"its resource {id} doesn't belong to a demo";
                if (!named && !(tags.Expires < today)) return $"its resource {id} has not expired";
            }
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"it isn't valid: {wrong.Message}";
        }
        return known ? null : "none of its resources were found in the account";
    }

    private static StackTags? Tags(JsonElement resource)
    {
        if (!resource.TryGetProperty("outputs", out var outputs) || !outputs.TryGetProperty("tags", out var tags)) return null;
        if (tags.ValueKind != JsonValueKind.Object) return null;
        return StackTags.Read(tags.EnumerateObject().Where(tag => tag.Value.ValueKind == JsonValueKind.String)
            .ToDictionary(tag => tag.Name, tag => tag.Value.GetString()!));
    }

    // Stacks of an organization have its name as a prefix.
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
            throw new OpsException($"the output of pulumi stack ls --json isn't valid: {wrong.Message}", cause: wrong);
        }
    }
}

using System.Text.Json;
using Causeway.Blueprint.Naming;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>
/// Lists resources of a region with the project's tag through the Resource Groups Tagging API (API reference, GetResources). It lists
/// deleted resources for a while, and new ones with a delay, so each is read again from its own service.
/// </summary>
internal sealed class TagIndex(AwsSession session, SweepCalls calls, string region)
{
    private static readonly string[] Types = ["cloudwatch:alarm", "logs:log-group", "route53:healthcheck", "secretsmanager:secret", "sns"];

    private readonly SignedJson _tagging = SignedJson.Tagging(session, region);
    private readonly Lock _lock = new();
    private Task<IReadOnlyList<string>>? _listed;

    /// <summary>Lists ARNs, once for all kinds.</summary>
    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation)
    {
        lock (_lock) return _listed ??= AskAsync(cancellation);
    }

    private Task<IReadOnlyList<string>> AskAsync(CancellationToken cancellation) => Pages.AllAsync<string>(async next =>
    {
        var page = await calls.AskAsync("tag:GetResources", limit => _tagging.CallAsync("GetResources", new
        {
            TagFilters = new[] { new { Key = StackTags.ProjectTag, Values = new[] { StackTags.ProjectName } } },
            ResourceTypeFilters = Types,
            ResourcesPerPage = 100,
            PaginationToken = next ?? "",
        }, limit), cancellation);
        var list = page.TryGetProperty("ResourceTagMappingList", out var mappings) ? mappings.EnumerateArray() : default;
        var token = page.TryGetProperty("PaginationToken", out var text) && text.ValueKind == JsonValueKind.String;
        return ([.. list.Select(one => one.GetProperty("ResourceARN").GetString()!)], token ? text.GetString() : null);
    });
}

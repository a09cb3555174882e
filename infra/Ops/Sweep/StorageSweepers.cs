using System.Text.Json;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>Secrets; removed without a time in which they could be restored.</summary>
internal sealed class SecretSweeper(AwsSession session, SweepCalls calls, TagIndex index, string region)
    : TaggedSweeper(index, SweepKinds.Secret, region)
{
    private readonly SignedJson _secrets = new(session, "secretsmanager", "SECRETS_MANAGER", "secretsmanager", region);

    /// <inheritdoc />
    protected override string Service => "secretsmanager:";

    /// <inheritdoc />
    public override Task RemoveAsync(FoundResource found, CancellationToken cancellation) => calls.AskAsync("secretsmanager:DeleteSecret",
        limit => _secrets.CallAsync("DeleteSecret", new { SecretId = found.Id, ForceDeleteWithoutRecovery = true }, limit), cancellation);

    /// <inheritdoc />
    // arn:aws:secretsmanager:us-east-1:123456789012:secret:NAME-AbCdEf
    protected override string NameOf(string arn) => arn.Split(':', 7)[^1] is { Length: > 7 } name ? name[..^7] : arn;

    /// <inheritdoc />
    protected override async Task<FoundResource?> TaggedAsync(FoundResource found, CancellationToken cancellation)
    {
        var secret = await calls.AskAsync(
            "secretsmanager:DescribeSecret", limit => _secrets.CallAsync("DescribeSecret", new { SecretId = found.Id }, limit),
            cancellation);
        // One that is deleted costs nothing and ends by itself.
        if (secret.TryGetProperty("DeletedDate", out var deleted) && deleted.ValueKind == JsonValueKind.Number) return null;
        var tags = secret.TryGetProperty("Tags", out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
        return found with
        {
            Name = secret.TryGetProperty("Name", out var name) ? name.GetString()! : found.Name,
            Tags = tags.ToDictionary(tag => tag.GetProperty("Key").GetString()!, tag => tag.GetProperty("Value").GetString()!),
            // Seconds since 1970, with a fraction.
            Since = secret.TryGetProperty("CreatedDate", out var since) && since.ValueKind == JsonValueKind.Number
                ? DateTimeOffset.UnixEpoch.AddSeconds(since.GetDouble()) : null,
        };
    }
}

/// <summary>Log groups.</summary>
internal sealed class LogGroupSweeper(AwsSession session, SweepCalls calls, TagIndex index, string region)
    : TaggedSweeper(index, SweepKinds.LogGroup, region)
{
    private readonly SignedJson _logs = new(session, "logs", "CLOUDWATCH_LOGS", "Logs_20140328", region);

    /// <inheritdoc />
    protected override string Service => "logs:";

    /// <inheritdoc />
    public override Task RemoveAsync(FoundResource found, CancellationToken cancellation) =>
        calls.AskAsync("logs:DeleteLogGroup", limit => _logs.CallAsync("DeleteLogGroup", new { logGroupName = found.Name }, limit),
            cancellation);

    /// <inheritdoc />
    // arn:aws:logs:us-east-1:123456789012:log-group:NAME, in some lists with :* behind it, which calls with tags do not take.
    protected override string IdOf(string arn) => arn.EndsWith(":*", StringComparison.Ordinal) ? arn[..^2] : arn;

    /// <inheritdoc />
    protected override string NameOf(string arn) => IdOf(arn).Split(':', 7)[^1];

    /// <inheritdoc />
    protected override async Task<FoundResource?> TaggedAsync(FoundResource found, CancellationToken cancellation)
    {
        var answer = await calls.AskAsync(
            "logs:ListTagsForResource", limit => _logs.CallAsync("ListTagsForResource", new { resourceArn = found.Id }, limit),
            cancellation);
        var tags = answer.TryGetProperty("tags", out var map) && map.ValueKind == JsonValueKind.Object ? map.EnumerateObject() : default;
        return found with { Tags = tags.ToDictionary(tag => tag.Name, tag => tag.Value.GetString() ?? "") };
    }
}

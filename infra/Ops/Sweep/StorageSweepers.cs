using System.Text.Json;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>Secrets, deleted without a recovery window.</summary>
internal sealed class SecretSweeper(AwsSession session, SweepCalls calls, TagIndex index, string region)
    : TaggedSweeper(index, SweepKinds.Secret, region)
{
    private readonly SignedJson _secrets = new(session, "secretsmanager", "SECRETS_MANAGER", "secretsmanager", region);

    protected override string Service => "secretsmanager:";

    public override Task RemoveAsync(FoundResource found, CancellationToken cancellation) => calls.AskAsync("secretsmanager:DeleteSecret",
        limit => _secrets.CallAsync("DeleteSecret", new { SecretId = found.Id, ForceDeleteWithoutRecovery = true }, limit), cancellation);

    // arn:aws:secretsmanager:us-east-1:123456789012:secret:NAME-AbCdEf
    protected override string NameOf(string arn) => arn.Split(':', 7)[^1] is { Length: > 7 } name ? name[..^7] : arn;

    protected override async Task<FoundResource?> TaggedAsync(FoundResource found, CancellationToken cancellation)
    {
        var secret = await calls.AskAsync(
            "secretsmanager:DescribeSecret", limit => _secrets.CallAsync("DescribeSecret", new { SecretId = found.Id }, limit),
            cancellation);
        // A secret scheduled for deletion costs nothing.
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

internal sealed class LogGroupSweeper(AwsSession session, SweepCalls calls, TagIndex index, string region)
    : TaggedSweeper(index, SweepKinds.LogGroup, region)
{
    private readonly SignedJson _logs = new(session, "logs", "CLOUDWATCH_LOGS", "Logs_20140328", region);

    protected override string Service => "logs:";

    public override Task RemoveAsync(FoundResource found, CancellationToken cancellation) =>
        calls.AskAsync("logs:DeleteLogGroup", limit => _logs.CallAsync("DeleteLogGroup", new { logGroupName = found.Name }, limit),
            cancellation);

    // arn:aws:logs:us-east-1:123456789012:log-group:NAME, in some lists with :* at the end, which calls about tags reject.
    protected override string IdOf(string arn) => arn.EndsWith(":*", StringComparison.Ordinal) ? arn[..^2] : arn;

    protected override string NameOf(string arn) => IdOf(arn).Split(':', 7)[^1];

    protected override async Task<FoundResource?> TaggedAsync(FoundResource found, CancellationToken cancellation)
    {
        var answer = await calls.AskAsync(
            "logs:ListTagsForResource", limit => _logs.CallAsync("ListTagsForResource", new { resourceArn = found.Id }, limit),
            cancellation);
        var tags = answer.TryGetProperty("tags", out var map) && map.ValueKind == JsonValueKind.Object ? map.EnumerateObject() : default;
        return found with { Tags = tags.ToDictionary(tag => tag.Name, tag => tag.Value.GetString() ?? "") };
    }
}

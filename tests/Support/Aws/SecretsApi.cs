using System.Text.Json.Nodes;

namespace Causeway.Tests.Support.Aws;

/// <summary>A secret; its id is its name.</summary>
public sealed class CloudSecret : CloudResource
{
    private readonly string _suffix = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..6];

    public override string Arn => $"arn:aws:secretsmanager:{Region}:{AwsServer.Account}:secret:{Id}-{_suffix}";

    public override string TaggingType => "secretsmanager:secret";

    public string Description { get; init; } = "";

    /// <summary>How many versions it has.</summary>
    public int Versions { get; set; }

    /// <summary>The current version's text; null where none was put there.</summary>
    public string? Value { get; set; }

    /// <summary>Since when it waits to be deleted; null when it does not.</summary>
    public DateTimeOffset? Deleted { get; set; }
}

/// <summary>Secrets Manager (API of 2017-10-17): what there is, and the current text of each secret.</summary>
/// <param name="tables">The secrets of a region.</param>
/// <param name="injected">How late tags are seen.</param>
public sealed class SecretsApi(Func<string, CloudTable<CloudSecret>> tables, Injection injected) : JsonApi
{
    /// <summary>How many of a list are given at once.</summary>
    public int PageSize { get; set; } = 100;

    /// <inheritdoc />
    public override string Service => "secretsmanager";

    /// <inheritdoc />
    protected override string Target => "secretsmanager";

    /// <inheritdoc />
    protected override JsonObject? Result(ApiCall call, JsonAsked asked)
    {
        var secrets = tables(call.Region);
        switch (call.Name)
        {
            case "ListSecrets":
                return ListSecrets(asked, secrets);
            case "DescribeSecret":
                var secret = Secret(asked, secrets);
                return Of(new(secret, secret.Seen()));
            case "DeleteSecret":
                return Delete(asked, secrets);
            case "GetSecretValue":
                return Value(Live(Secret(asked, secrets)));
            case "PutSecretValue":
                return Put(Live(Secret(asked, secrets)), Text(asked));
            case "CreateSecret":
                return Create(call, asked, secrets);
            case "TagResource":
                Live(Secret(asked, secrets)).Tag(asked.Tags("Tags"), injected.ReadsUntilTagsShow);
                return null;
            case "UntagResource":
                var keys = asked.Texts("TagKeys");
                Live(Secret(asked, secrets)).Untag(keys, injected.ReadsUntilTagsShow);
                return null;
            default:
                throw AwsRefusedException.Unknown(call.Name);
        }
    }

    private JsonObject ListSecrets(JsonAsked asked, CloudTable<CloudSecret> secrets)
    {
        var size = int.Min(PageSize, asked.Number("MaxResults", 1, 100, 100));
        var filters = asked.Structures("Filters");
        var found = secrets.Read().Where(seen => (seen.Resource.Deleted is null || asked.Flag("IncludePlannedDeletion"))
            && filters.All(filter => filter.Texts("Values").Any(wanted => Passes(filter.Text("Key"), wanted, seen))));
        var (page, next) = Paging.Cut(found, CloudTable<CloudSecret>.OrderOf, asked.Text("NextToken"), size,
            () => AwsRefusedException.Fault("InvalidNextTokenException", "The token is not valid"));
        var answer = new JsonObject { ["SecretList"] = new JsonArray([.. page.Select(Of)]) };
        if (next is not null) answer["NextToken"] = next;
        return answer;
    }

    private static JsonObject Value(CloudSecret secret) => secret.Value is { } value
        ? new() { ["ARN"] = secret.Arn, ["Name"] = secret.Id, ["SecretString"] = value }
        : throw new AwsRefusedException(400, "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");

    private static JsonObject Put(CloudSecret secret, string text)
    {
        (secret.Value, secret.Versions) = (text, secret.Versions + 1);
        return new() { ["ARN"] = secret.Arn, ["Name"] = secret.Id };
    }

    private static JsonObject Create(ApiCall call, JsonAsked asked, CloudTable<CloudSecret> secrets)
    {
        var (name, text) = (Name(asked, "Name"), Text(asked));
        if (Find(name, secrets) is not null)
            throw new AwsRefusedException(
                400, "ResourceExistsException", $"The operation failed because the secret {name} already exists.");
        return Put(secrets.Add(
            new() { Id = name, Region = call.Region, Description = asked.Text("Description") ?? "", Tags = TagsOf(asked) }), text);
    }

    private static Dictionary<string, string> TagsOf(JsonAsked asked) =>
        asked.Tags("Tags").ToDictionary(tag => tag.Key, tag => tag.Value ?? "");

    private static string Name(JsonAsked asked, string field) => asked.Text(field) is { Length: > 0 and <= 2048 } name
        ? name
        : throw AwsRefusedException.Fault("ValidationException",
            $"1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must have length between 1 and 2048");

    // With the token that AWS's own programs send unasked: it keeps a repeated request from having its effect twice.
    private static string Text(JsonAsked asked)
    {
        var token = asked.Text("ClientRequestToken") ?? throw AwsRefusedException.Fault(
            "InvalidRequestException", "You must provide a ClientRequestToken value. We recommend a UUID-type value.");
        if (token.Length is < 32 or > 64)
            throw AwsRefusedException.Fault("InvalidParameterException", "ClientRequestToken must be 32-64 characters long.");
        return asked.Text("SecretString") is { Length: > 0 and <= 65536 } text ? text : throw AwsRefusedException.Fault(
            "InvalidParameterException", "You must provide either SecretString or SecretBinary, of up to 65536 bytes.");
    }

    // By how they begin ("Find secrets in AWS Secrets Manager").
    private static bool Passes(string? key, string wanted, Seen<CloudSecret> seen) => key switch
    {
        "name" => seen.Resource.Id.StartsWith(wanted, StringComparison.Ordinal),
        "description" => seen.Resource.Description.StartsWith(wanted, StringComparison.OrdinalIgnoreCase),
        "tag-key" => seen.Tags.Keys.Any(tag => tag.StartsWith(wanted, StringComparison.Ordinal)),
        "tag-value" => seen.Tags.Values.Any(tag => tag.StartsWith(wanted, StringComparison.Ordinal)),
        _ => throw AwsRefusedException.Fault("InvalidParameterException", $"the filter {key} is not known"),
    };

    private static JsonObject? Delete(JsonAsked asked, CloudTable<CloudSecret> secrets)
    {
        var (id, force) = (asked.Required("SecretId"), asked.Flag("ForceDeleteWithoutRecovery"));
        if (force && asked.Has("RecoveryWindowInDays"))
            throw AwsRefusedException.Fault("InvalidParameterException", "RecoveryWindowInDays goes not with ForceDeleteWithoutRecovery");
        asked.Number("RecoveryWindowInDays", 7, 30, 30);
        var found = Find(id, secrets);
        // "the operation does not return the error ResourceNotFoundException in order to correctly handle retries" (DeleteSecret).
        if (force && found is null) return new() { ["Name"] = id };
        var secret = found ?? throw Missing();
        if (force) secrets.Remove(secret);
        else secret.Deleted ??= DateTimeOffset.UtcNow;
        return new() { ["ARN"] = secret.Arn, ["Name"] = secret.Id, ["DeletionDate"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() };
    }

    private static CloudSecret Live(CloudSecret secret) => secret.Deleted is null ? secret : throw new AwsRefusedException(400,
        "InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.");

    private static CloudSecret? Find(string id, CloudTable<CloudSecret> secrets) =>
        secrets.All.FirstOrDefault(secret => secret.Id == id || secret.Arn == id);

    private static CloudSecret Secret(JsonAsked asked, CloudTable<CloudSecret> secrets) =>
        Find(Name(asked, "SecretId"), secrets) ?? throw Missing();

    private static AwsRefusedException Missing() =>
        new(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");

    private static JsonObject Of(Seen<CloudSecret> seen)
    {
        var answer = new JsonObject
        {
            ["ARN"] = seen.Resource.Arn,
            ["Name"] = seen.Resource.Id,
            ["Description"] = seen.Resource.Description,
            ["CreatedDate"] = seen.Resource.Created.ToUnixTimeMilliseconds() / 1000.0,
            ["Tags"] = new JsonArray([.. seen.Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
        };
        if (seen.Resource.Deleted is { } deleted) answer["DeletedDate"] = deleted.ToUnixTimeMilliseconds() / 1000.0;
        return answer;
    }
}

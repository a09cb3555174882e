using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws;

/// <summary>A service of the query protocol: a form in, XML out (IAM, STS, SNS, CloudWatch).</summary>
public abstract class QueryApi : AwsApi
{
    /// <summary>The namespace of its answers.</summary>
    protected abstract string Schema { get; }

    /// <summary>The version of the API, which requests name.</summary>
    protected abstract string Version { get; }

    /// <inheritdoc />
    public override string ActionOf(AwsRequest request) => new QueryForm(request.Text)["Action"] ?? "";

    /// <inheritdoc />
    public sealed override AwsReply Answer(ApiCall call)
    {
        if (call.Form["Version"] != Version)
            throw AwsRefusedException.Fault("InvalidAction", $"Could not find operation {call.Name} for version {call.Form["Version"]}");
        var result = Result(call);
        return AwsReply.Xml(200, $"""
            <{call.Name}Response xmlns="{Schema}"><{call.Name}Result>{result}</{call.Name}Result>
            <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{call.Name}Response>
            """);
    }

    /// <summary>What is inside of the result.</summary>
    protected abstract string Result(ApiCall call);

    /// <inheritdoc />
    public override AwsReply Error(AwsRefusedException refusal) => ErrorResponse(Schema, refusal);

    /// <summary>A refusal, as the query protocol and Route 53 word it.</summary>
    public static AwsReply ErrorResponse(string schema, AwsRefusedException refusal) => AwsReply.Xml(refusal.Status, $"""
        <ErrorResponse xmlns="{schema}"><Error><Type>Sender</Type>{E("Code", refusal.Code)}{E("Message", refusal.Message)}</Error>
        <RequestId>r</RequestId></ErrorResponse>
        """);
}

/// <summary>A service of AWS JSON 1.1.</summary>
public abstract class JsonApi : AwsApi
{
    /// <inheritdoc />
    public override (int Status, string Code) Denied => (400, "AccessDeniedException");

    /// <inheritdoc />
    public override (int Status, string Code) Throttled => (400, "ThrottlingException");

    /// <summary>What the target begins with, as <c>secretsmanager</c>.</summary>
    protected abstract string Target { get; }

    /// <inheritdoc />
    public override string ActionOf(AwsRequest request) => request.Header("x-amz-target").Split('.')[^1];

    /// <inheritdoc />
    public sealed override AwsReply Answer(ApiCall call)
    {
        if (call.Request.Method != "POST" || call.Request.Header("content-type") != AwsReply.Json11)
            throw AwsRefusedException.Fault("UnknownOperationException", "not AWS JSON 1.1", 404);
        if (call.Request.Header("x-amz-target") != $"{Target}.{call.Name}")
            throw AwsRefusedException.Fault("UnknownOperationException", $"no target {call.Request.Header("x-amz-target")}", 404);
        JsonElement asked;
        try
        {
            asked = JsonDocument.Parse(call.Request.Body).RootElement;
        }
        catch (JsonException cause)
        {
            throw AwsRefusedException.Fault("SerializationException", cause.Message);
        }
        return new(200, AwsReply.Json11, (Result(call, new(asked)) ?? []).ToJsonString());
    }

    /// <summary>The answer's content; null for none.</summary>
    protected abstract JsonObject? Result(ApiCall call, JsonAsked asked);

    /// <inheritdoc />
    public override AwsReply Error(AwsRefusedException refusal) => new(refusal.Status, AwsReply.Json11,
        JsonSerializer.Serialize(new Dictionary<string, string> { ["__type"] = refusal.Code, ["message"] = refusal.Message }, Verbatim));

    /// <inheritdoc />
    public override AwsRefusedException Unsigned(SignatureFault fault) => fault.InJson();

    // Apostrophes stay what they are.
    private static readonly JsonSerializerOptions Verbatim = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

/// <summary>The parameters of a request in JSON.</summary>
public readonly struct JsonAsked(JsonElement asked)
{
    /// <summary>A text; null when it is not there.</summary>
    public string? Text(string name) =>
        asked.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A text that must be there.</summary>
    public string Required(string name) => Text(name) is { Length: > 0 } text
        ? text
        : throw AwsRefusedException.Fault(
            "ValidationException", $"1 validation error detected: Value null at '{name}' failed to satisfy constraint");

    /// <summary>A number in its bounds; the default when it is not there.</summary>
    public int Number(string name, int least, int most, int otherwise)
    {
        if (!asked.TryGetProperty(name, out var value)) return otherwise;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
            return number;
        throw AwsRefusedException.Fault("ValidationException", $"Value at '{name}' must be from {least} to {most}");
    }

    /// <summary>Whether a flag is set.</summary>
    public bool Flag(string name) => asked.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>Whether a parameter is there.</summary>
    public bool Has(string name) => asked.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A list of texts; empty when it is not there.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        asked.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(one => one.GetString()!)]
            : [];

    /// <summary>A list of structures; empty when it is not there.</summary>
    public IReadOnlyList<JsonAsked> Structures(string name) =>
        asked.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(one => new JsonAsked(one))]
            : [];

    /// <summary>A map of texts, as of tags; empty when it is not there.</summary>
    public IReadOnlyList<(string Key, string? Value)> Map(string name) =>
        asked.TryGetProperty(name, out var map) && map.ValueKind == JsonValueKind.Object
            ? [.. map.EnumerateObject().Select(one => (one.Name, one.Value.GetString()))]
            : [];

    /// <summary>Tags as a list of structures.</summary>
    public IReadOnlyList<(string Key, string? Value)> Tags(string name, string key = "Key", string value = "Value") =>
        [.. Structures(name).Select(tag => (tag.Text(key) ?? "", tag.Text(value)))];
}

/// <summary>A page of a list, with the token of the next one.</summary>
public static class Paging
{
    /// <summary>Cuts a list by the order in which its members came to be, so that a page does not move when members go.</summary>
    /// <param name="all">The list.</param>
    /// <param name="order">What it is ordered by.</param>
    /// <param name="token">The token that the request has; null or empty for the first page.</param>
    /// <param name="size">How many there may be in a page.</param>
    /// <param name="wrong">What to refuse a token with that was never given.</param>
    public static (IReadOnlyList<T> Page, string? Next) Cut<T>(
        IEnumerable<T> all, Func<T, string> order, string? token, int size, Func<AwsRefusedException> wrong)
    {
        var after = "";
        if (!string.IsNullOrEmpty(token))
        {
            try
            {
                after = Encoding.UTF8.GetString(Convert.FromBase64String(token));
            }
            catch (FormatException)
            {
                throw wrong();
            }
        }
        var rest = all.OrderBy(order, StringComparer.Ordinal).Where(one => string.CompareOrdinal(order(one), after) > 0).ToList();
        List<T> page = [.. rest.Take(size)];
        return (page, rest.Count > page.Count ? Convert.ToBase64String(Encoding.UTF8.GetBytes(order(page[^1]))) : null);
    }
}

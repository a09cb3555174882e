using System.Text;
using System.Text.Json;

namespace Causeway.Tests.Support.Aws;

/// <summary>One of AWS's services in its own protocol.</summary>
public abstract class AwsApi
{
    /// <summary>What requests are signed for, as <c>ec2</c>.</summary>
    public abstract string Service { get; }

    /// <summary>What actions begin with in policies: mostly what requests are signed for.</summary>
    public virtual string Prefix => Service;

    /// <summary>
    /// The region that requests are signed for where the service is one for the whole world; null where it is in every region.
    /// </summary>
    public virtual string? Home => null;

    /// <summary>The answer to who lacks a right.</summary>
    public virtual (int Status, string Code) Denied => (403, "AccessDenied");

    /// <summary>The answer to who asks too often.</summary>
    public virtual (int Status, string Code) Throttled => (400, "Throttling");

    /// <summary>The action as the API names it, without the service: <c>DescribeVpcs</c>.</summary>
    public abstract string ActionOf(AwsRequest request);

    /// <summary>Does what a request asks for.</summary>
    /// <exception cref="AwsRefusedException">It cannot be done.</exception>
    public abstract AwsReply Answer(ApiCall call);

    /// <summary>A refusal as this service words it.</summary>
    public abstract AwsReply Error(AwsRefusedException refusal);

    /// <summary>The refusal of a request with a wrong signature.</summary>
    public virtual AwsRefusedException Unsigned(SignatureFault fault) => fault.InQuery();
}

/// <summary>A request to a service, signed by one of the account's own.</summary>
/// <param name="Request">The request.</param>
/// <param name="Api">The service.</param>
/// <param name="Region">The region that it was signed for.</param>
/// <param name="Name">The action, without the service.</param>
/// <param name="Caller">The ARN of who asks.</param>
public sealed record ApiCall(AwsRequest Request, AwsApi Api, string Region, string Name, string Caller)
{
    private QueryForm? _form;

    /// <summary>The action: <c>ec2:DescribeVpcs</c>.</summary>
    public string Action => $"{Api.Prefix}:{Name}";

    /// <summary>The parameters of the query protocol.</summary>
    public QueryForm Form => _form ??= new(Request.Text);

    /// <summary>A parameter of the query protocol that must be there.</summary>
    public string Required(string name) => Form[name] is { Length: > 0 } value
        ? value
        : throw AwsRefusedException.Fault("MissingParameter", $"The request must contain the parameter {name}");

    /// <summary>A text of a request in JSON; null when it is not there.</summary>
    public string? Json(string name)
    {
        using var asked = JsonDocument.Parse(Request.Body);
        return asked.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    /// <summary>Whether the request names something: in its path, its query or its body.</summary>
    public bool Mentions(string text) =>
        Uri.UnescapeDataString(Request.Path).Contains(text, StringComparison.Ordinal)
        || Uri.UnescapeDataString(Request.Query).Contains(text, StringComparison.Ordinal)
        || Uri.UnescapeDataString(Request.Text).Contains(text, StringComparison.Ordinal);
}

/// <summary>Why a service refuses a request.</summary>
public sealed class AwsRefusedException(int status, string code, string message) : Exception(message)
{
    /// <summary>The status of the answer.</summary>
    public int Status => status;

    /// <summary>The code, as the service's documentation lists it.</summary>
    public string Code => code;

    /// <summary>Whether the request itself is wrong: no account would take it.</summary>
    public bool IsFault { get; private init; }

    /// <summary>The cause as the test's log has it, where the answer must not name it.</summary>
    public string? Detail { get; private init; }

    /// <summary>More elements of the answer, in the service's own form.</summary>
    public string Details { get; init; } = "";

    /// <summary>A request that no account would take.</summary>
    public static AwsRefusedException Fault(string code, string message, int status = 400, string? detail = null) =>
        new(status, code, message) { IsFault = true, Detail = detail };

    /// <summary>An action that the service does not have, or that is not built here.</summary>
    public static AwsRefusedException Unknown(string action) =>
        Fault("InvalidAction", $"The action {action} is not valid for this web service.");
}

/// <summary>An answer of a service.</summary>
public readonly record struct AwsReply(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>An answer in text.</summary>
    public AwsReply(int status, string contentType, string text) : this(status, contentType, Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>AWS JSON 1.1.</summary>
    public const string Json11 = "application/x-amz-json-1.1";

    /// <summary>In XML.</summary>
    public static AwsReply Xml(int status, string body) => new(status, "text/xml", $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
}

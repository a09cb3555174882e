using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Causeway.Tests.Support.Aws.Boot;

/// <summary>One of AWS's services, as far as a host uses it.</summary>
public interface IAwsApi
{
    /// <summary>What requests are signed for and actions begin with, as <c>s3</c>.</summary>
    string Service { get; }

    /// <summary>The region that requests are signed for.</summary>
    string Region { get; }

    /// <summary>The name that hosts call it by.</summary>
    string HostName { get; }

    /// <summary>What a request asks for. Nothing is done yet: whether it may be done is judged before.</summary>
    AwsCall Read(HttpRequest request, byte[] body);

    /// <summary>An error as this service words it.</summary>
    AwsAnswer Error(int status, string code, string message);
}

/// <summary>A request to one of AWS's services.</summary>
/// <param name="Action">The action as policies name it, without the service: <c>GetObject</c>.</param>
/// <param name="About">What it is about: an object's key, a secret's name, a zone.</param>
/// <param name="Do">Does it.</param>
public sealed record AwsCall(string Action, string About, Func<AwsAnswer> Do)
{
    /// <summary>What a policy's conditions are about, by key.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Context { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
}

/// <summary>An answer of one of AWS's services.</summary>
public sealed record AwsAnswer(int Status, string ContentType, byte[] Body)
{
    public static AwsAnswer Json(int status, object body) => new(status, "application/x-amz-json-1.1", JsonSerializer.SerializeToUtf8Bytes(body));

    public static AwsAnswer Xml(int status, string body) => new(status, "text/xml", Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}"));
}

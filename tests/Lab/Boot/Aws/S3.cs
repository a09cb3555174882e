using System.Net;
using Causeway.Blueprint;
using Causeway.Tests.Support.Aws.Boot;
using Microsoft.AspNetCore.Http;

namespace Causeway.Lab.Boot.Aws;

/// <summary>A bucket of S3, called by its own name ("virtual-hosted-style").</summary>
/// <param name="plan">Whose bucket.</param>
/// <param name="objects">Its content, by key.</param>
internal sealed class S3(Plan plan, IReadOnlyDictionary<string, Func<byte[]>> objects) : IAwsApi
{
    public string Service => "s3";

    public string Region => plan.Settings.Region;

    public string HostName => $"{plan.Buckets[0].Name}.s3.{Region}.amazonaws.com";

    public AwsCall Read(HttpRequest request, byte[] body)
    {
        var key = request.Path.Value!.TrimStart('/');
        if (request.Method != "GET") return new($"{request.Method}Object", key, () => Error(405, "MethodNotAllowed", $"hosts only get objects, and this is {request.Method}"));
        if (AwsDemands.S3(request.Headers["X-Amz-Content-Sha256"]) is { } refused) return new("GetObject", key, () => Error(400, refused.Type, refused.Message));
        return new("GetObject", key, () => objects.TryGetValue(key, out var content) ? new(200, "binary/octet-stream", content()) : Error(404, "NoSuchKey", key));
    }

    public AwsAnswer Error(int status, string code, string message) =>
        AwsAnswer.Xml(status, $"<Error><Code>{code}</Code><Message>{WebUtility.HtmlEncode(message)}</Message></Error>");
}

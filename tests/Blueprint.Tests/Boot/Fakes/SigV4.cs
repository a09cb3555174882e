using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Causeway.Blueprint.Tests.Boot.Fakes;

/// <summary>Checks signatures as AWS does ("Signature Version 4 signing process", IAM user guide): the role's own key, all headers that matter, the body.</summary>
internal static class SigV4
{
    /// <summary>What is wrong with a request's signature; null when nothing is.</summary>
    public static string? Fault(AwsRequest request, RoleCredentials credentials, string region, string service, DateTimeOffset now)
    {
        if (!request.Headers.TryGetValue("authorization", out var authorization) || !authorization.StartsWith("AWS4-HMAC-SHA256 ", StringComparison.Ordinal))
            return "the request is not signed";
        var parts = authorization["AWS4-HMAC-SHA256 ".Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var time = request.Headers.GetValueOrDefault("x-amz-date", "");
        if (!DateTimeOffset.TryParseExact(time, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt))
            return "x-amz-date is missing";
        if ((now - signedAt).Duration() > TimeSpan.FromMinutes(5)) return "the signature has expired";
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        if (parts["Credential"] != $"{credentials.AccessKeyId}/{scope}") return $"the credential is {parts["Credential"]}, not of {scope}";
        if (request.Headers.GetValueOrDefault("x-amz-security-token") != credentials.Token) return "the session token is not the role's";

        var signed = parts["SignedHeaders"].Split(';');
        var unsigned = request.Headers.Keys.Where(name => name == "host" || name.StartsWith("x-amz-", StringComparison.Ordinal)).Except(signed).ToList();
        if (unsigned.Count > 0) return $"not signed: {string.Join(", ", unsigned)}";

        var bodyHash = Convert.ToHexStringLower(SHA256.HashData(request.Body));
        if (request.Headers.TryGetValue("x-amz-content-sha256", out var said) && said != bodyHash && said != "UNSIGNED-PAYLOAD") return "the body is not the one that was signed";
        var canonical = string.Join('\n',
            [request.Method, request.Path, request.Query, .. signed.Select(name => $"{name}:{request.Headers[name].Trim()}"), "", parts["SignedHeaders"], said ?? bodyHash]);
        var text = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = new[] { time[..8], region, service, "aws4_request" }
            .Aggregate(Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey), (before, next) => HMACSHA256.HashData(before, Encoding.UTF8.GetBytes(next)));
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
        return parts["Signature"] == expected ? null : "the signature does not match";
    }
}

/// <summary>A request as its signature sees it; names of headers in lower case.</summary>
internal sealed record AwsRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>What the metadata service hands out for the instance's role.</summary>
internal sealed record RoleCredentials(string AccessKeyId, string SecretAccessKey, string Token);

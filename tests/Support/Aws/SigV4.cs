using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Causeway.Tests.Support.Aws;

/// <summary>Checks signatures as AWS does ("Signature Version 4 signing process", IAM user guide): the role's own key, all headers that matter, the body.</summary>
public static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    // How far the signer's clock may be from the service's.
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with a request's signature; null when nothing is.</summary>
    public static string? Fault(AwsRequest request, RoleCredentials credentials, string region, string service, DateTimeOffset now)
    {
        if (!request.Headers.TryGetValue("authorization", out var authorization) || !authorization.StartsWith(Algorithm + " ", StringComparison.Ordinal))
            return "the request is not signed";
        var parts = authorization[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[^1]);
        if (((string[])["Credential", "SignedHeaders", "Signature"]).FirstOrDefault(name => !parts.ContainsKey(name)) is { } missing) return $"the authorization has no {missing}";

        var time = request.Headers.GetValueOrDefault("x-amz-date", "");
        if (!DateTimeOffset.TryParseExact(time, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt))
            return "x-amz-date is missing";
        if ((now - signedAt).Duration() > Validity) return "the signature has expired";
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        if (parts["Credential"] != $"{credentials.AccessKeyId}/{scope}") return $"the credential is {parts["Credential"]}, not of {scope}";
        if (request.Headers.GetValueOrDefault("x-amz-security-token", "") != credentials.Token) return "the session token is not the role's";

        var signed = parts["SignedHeaders"].Split(';');
        var unsigned = request.Headers.Keys.Where(name => name is "host" or "content-type" || name.StartsWith("x-amz-", StringComparison.Ordinal)).Except(signed).ToList();
        if (unsigned.Count > 0) return $"not signed: {string.Join(", ", unsigned)}";

        var bodyHash = Hash(request.Body);
        if (request.Headers.TryGetValue("x-amz-content-sha256", out var said) && said != bodyHash && said != "UNSIGNED-PAYLOAD") return "the body is not the one that was signed";
        var canonical = string.Join('\n',
            [request.Method, request.Path, Canonical(request.Query), .. signed.Select(name => $"{name}:{request.Headers.GetValueOrDefault(name, "").Trim()}"), "", parts["SignedHeaders"], said ?? bodyHash]);
        var text = $"{Algorithm}\n{time}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical))}";
        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey), (before, next) => HMACSHA256.HashData(before, Encoding.UTF8.GetBytes(next)));
        return parts["Signature"] == Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))) ? null : "the signature does not match";
    }

    // By name, each with a value ("Create a canonical request", step 4).
    private static string Canonical(string query) =>
        string.Join('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Contains('=') ? part : part + "=").Order(StringComparer.Ordinal));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Causeway.Tests.Support.Aws;

/// <summary>
/// Checks and makes signatures ("Signature Version 4 signing process", IAM user guide): the caller's key, all headers that matter, the
/// body.
/// </summary>
public static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>How far the signer's clock may be from the service's.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(5);

    /// <summary>What is wrong with a request's signature; null when nothing is.</summary>
    /// <param name="request">The request.</param>
    /// <param name="credentials">The credentials with the key that the request names; null when there are none.</param>
    /// <param name="region">The region that it must be signed for.</param>
    /// <param name="service">The service that it must be signed for.</param>
    /// <param name="now">The service's time.</param>
    public static SignatureFault? Fault(AwsRequest request, RoleCredentials? credentials, string region, string service, DateTimeOffset now)
    {
        var authorization = request.Header("authorization");
        if (!authorization.StartsWith(Algorithm + " ", StringComparison.Ordinal))
            return new(SignatureFaultKind.Missing, "the request is not signed");
        var parts = authorization[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries)
            .Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[^1]);
        if (((string[])["Credential", "SignedHeaders", "Signature"]).FirstOrDefault(name => !parts.ContainsKey(name)) is { } missing)
            return new(SignatureFaultKind.Incomplete, $"the authorization has no {missing}");

        var time = request.Header("x-amz-date");
        if (!DateTimeOffset.TryParseExact(time, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt))
            return new(SignatureFaultKind.Incomplete, "x-amz-date is missing");
        if (credentials is null || parts["Credential"].Split('/')[0] != credentials.AccessKeyId)
            return new(SignatureFaultKind.UnknownKey, $"the credential is {parts["Credential"]}, whose key is not known");
        var scope = Scope(time, region, service);
        if (parts["Credential"] != $"{credentials.AccessKeyId}/{scope}")
            return new(SignatureFaultKind.Scope, $"the credential is {parts["Credential"]}, not of {scope}");
        if ((now - signedAt).Duration() > Validity)
            return new(SignatureFaultKind.Expired, "the signature has expired") { SignedAt = signedAt, Now = now };
        if (request.Header("x-amz-security-token") != credentials.Token)
            return new(SignatureFaultKind.Token, "the session token is not the role's");

        var signed = parts["SignedHeaders"].Split(';');
        var unsigned = request.Headers.Keys
            .Where(name => name is "host" or "content-type" || name.StartsWith("x-amz-", StringComparison.Ordinal)).Except(signed).ToList();
        if (unsigned.Count > 0) return new(SignatureFaultKind.NotSigned, $"not signed: {string.Join(", ", unsigned)}");

        var bodyHash = Hash(request.Body);
        var given = request.Header("x-amz-content-sha256");
        if (given.Length > 0 && given != bodyHash && given != "UNSIGNED-PAYLOAD")
            return new(SignatureFaultKind.Body, "the body is not the one that was signed");
        var canonical = Canonical(request, signed, given.Length > 0 ? given : bodyHash);
        return parts["Signature"] == Signature(canonical, time, scope, credentials)
            ? null
            : new(SignatureFaultKind.Mismatch, "the signature does not match") { Canonical = canonical };
    }

    /// <summary>A request with its signature, as a client sends it.</summary>
    public static AwsRequest Sign(AwsRequest request, RoleCredentials credentials, string region, string service, DateTimeOffset now)
    {
        var time = Time(now);
        var scope = Scope(time, region, service);
        var headers = new Dictionary<string, string>(request.Headers)
        {
            ["x-amz-date"] = time,
            ["x-amz-content-sha256"] = Hash(request.Body),
        };
        if (credentials.Token.Length > 0) headers["x-amz-security-token"] = credentials.Token;
        var signed = headers.Keys.Order(StringComparer.Ordinal).ToArray();
        var canonical = Canonical(request with { Headers = headers }, signed, headers["x-amz-content-sha256"]);
        headers["authorization"] = $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={string.Join(';', signed)}, "
            + $"Signature={Signature(canonical, time, scope, credentials)}";
        return request with { Headers = headers };
    }

    /// <summary>A time as requests and refusals write it.</summary>
    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string Scope(string time, string region, string service) => $"{time[..8]}/{region}/{service}/aws4_request";

    private static string Canonical(AwsRequest request, string[] signed, string bodyHash) => string.Join('\n',
    [
        request.Method, request.Path, Query(request.Query), .. signed.Select(name => $"{name}:{request.Header(name).Trim()}"), "",
        string.Join(';', signed), bodyHash,
    ]);

    // By name, each with a value ("Create a canonical request", step 4).
    private static string Query(string query) => string.Join('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Contains('=') ? part : part + "=").Order(StringComparer.Ordinal));

    private static string Signature(string canonical, string time, string scope, RoleCredentials credentials)
    {
        var text = $"{Algorithm}\n{time}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical))}";
        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey),
            (before, next) => HMACSHA256.HashData(before, Encoding.UTF8.GetBytes(next)));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Causeway.Lab.Boot.Aws;

/// <summary>Checks the signature of a request to AWS (Signature Version 4, "Create a signed AWS API request" in the IAM user guide), as AWS does.</summary>
/// <param name="AccessKey">The role's access key.</param>
/// <param name="SecretKey">Its secret, which never travels.</param>
/// <param name="Token">Its session token, which does.</param>
internal sealed record SignatureV4(string AccessKey, string SecretKey, string Token)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Credentials that nobody else has.</summary>
    public static SignatureV4 Random() => new("ASIA" + RandomNumberGenerator.GetHexString(16), RandomNumberGenerator.GetHexString(40), RandomNumberGenerator.GetHexString(64));

    /// <summary>What is wrong with a request's signature; null when it is right.</summary>
    public string? Mistake(HttpRequest request, ReadOnlySpan<byte> body, string region, string service)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Algorithm + " ", StringComparison.Ordinal)) return "it is not signed";
        var fields = authorization[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries).Select(field => field.Split('=', 2)).ToDictionary(field => field[0], field => field[1]);
        var date = request.Headers["X-Amz-Date"].ToString();
        var scope = $"{(date.Length >= 8 ? date[..8] : date)}/{region}/{service}/aws4_request";
        if (fields["Credential"] != $"{AccessKey}/{scope}") return $"it is signed for {fields["Credential"]}, not for {AccessKey}/{scope}";
        if (request.Headers["X-Amz-Security-Token"] != Token) return "the session token is missing or another one";

        var hash = Hash(body);
        if (request.Headers["X-Amz-Content-Sha256"].ToString() is { Length: > 0 } said)
        {
            if (said != hash && said != "UNSIGNED-PAYLOAD") return "the body has another hash than was signed";
            hash = said;
        }

        var headers = string.Concat(fields["SignedHeaders"].Split(';').Select(name => $"{name}:{request.Headers[name].ToString().Trim()}\n"));
        var canonical = $"{request.Method}\n{request.Path.ToUriComponent()}\n{Query(request)}\n{headers}\n{fields["SignedHeaders"]}\n{hash}";
        var text = $"{Algorithm}\n{date}\n{scope}\n{Hash(Encoding.UTF8.GetBytes(canonical))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + SecretKey);
        foreach (var part in scope.Split('/')) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text))) == fields["Signature"] ? null : "the signature is wrong";
    }

    // By name, each with a value ("Create a canonical request", step 4).
    private static string Query(HttpRequest request) =>
        string.Join('&', request.QueryString.ToUriComponent().TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Contains('=') ? part : part + "=").Order(StringComparer.Ordinal));

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

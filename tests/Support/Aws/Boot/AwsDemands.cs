using System.Globalization;
using System.Text.Json;

namespace Causeway.Tests.Support.Aws.Boot;

/// <summary>What AWS demands of a request beyond its signature, and what AWS's own programs do unasked. A request that lacks it is refused, as there.</summary>
public static class AwsDemands
{
    /// <summary>What Secrets Manager refuses a request with (AWS JSON 1.1, and the API's own words); null when it does not.</summary>
    /// <param name="target">Header X-Amz-Target.</param>
    /// <param name="contentType">Header Content-Type.</param>
    /// <param name="asked">The body.</param>
    public static (string Type, string Message)? SecretsManager(string? target, string? contentType, JsonElement asked)
    {
        if (contentType != "application/x-amz-json-1.1" || target is not ("secretsmanager.GetSecretValue" or "secretsmanager.PutSecretValue" or "secretsmanager.CreateSecret"))
            return ("UnknownOperationException", $"there is no operation {target} in {contentType}");
        if (Text(asked, target == "secretsmanager.CreateSecret" ? "Name" : "SecretId") is not { Length: > 0 and <= 2048 })
            return ("ValidationException", "1 validation error detected: Value at 'secretId' failed to satisfy constraint: Member must have length between 1 and 2048");
        if (target == "secretsmanager.GetSecretValue") return null;
        if (Text(asked, "ClientRequestToken") is not { } token) return ("InvalidRequestException", "You must provide a ClientRequestToken value. We recommend a UUID-type value.");
        if (token.Length is < 32 or > 64) return ("InvalidParameterException", "ClientRequestToken must be 32-64 characters long.");
        return Text(asked, "SecretString") is { Length: > 0 and <= 65536 } ? null : ("InvalidParameterException", "You must provide either SecretString or SecretBinary, of up to 65536 bytes.");
    }

    /// <summary>What S3 refuses a request with; null when it does not.</summary>
    /// <param name="contentHash">Header X-Amz-Content-Sha256: required there, while other services take the hash from the signature alone.</param>
    public static (string Type, string Message)? S3(string? contentHash) =>
        contentHash is { Length: > 0 } ? null : ("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");

    /// <summary>Whether the metadata service gives a session token for so long: a second to six hours, and it must be said how long.</summary>
    /// <param name="seconds">Header X-aws-ec2-metadata-token-ttl-seconds.</param>
    public static bool Metadata(string? seconds) => int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var ttl) && ttl is >= 1 and <= 21600;

    private static string? Text(JsonElement asked, string name) =>
        asked.ValueKind == JsonValueKind.Object && asked.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

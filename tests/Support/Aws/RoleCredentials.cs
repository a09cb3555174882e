using System.Security.Cryptography;

namespace Causeway.Tests.Support.Aws;

/// <summary>Credentials: an instance's role's, as the metadata service gives them, or a user's, which have no token.</summary>
public sealed record RoleCredentials(string AccessKeyId, string SecretAccessKey, string Token)
{
    /// <summary>Credentials that were never given before.</summary>
    public static RoleCredentials Random() =>
        new("ASIA"
            + RandomNumberGenerator.GetHexString(16), RandomNumberGenerator.GetHexString(40), RandomNumberGenerator.GetHexString(64));
}

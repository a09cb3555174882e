using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Account;

/// <summary>
/// Finds the credentials that the deployment would use, in the provider's order: the settings under <c>aws:</c>, the environment, a web
/// identity, the shared files, the container's role, the instance's role. <see cref="AwsSession"/> assumes the roles of the settings.
/// </summary>
internal static class AwsCredentialSource
{
    private const string MetadataEndpoint = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

    /// <exception cref="NotAskedException">No credentials were found.</exception>
    public static AWSCredentials Find(ProviderSettings provider)
    {
        if (provider.Get<string>("accessKey") is { } id)
        {
            var secret = provider.Get<string>("secretKey") ?? throw new NotAskedException("aws:accessKey is set without aws:secretKey");
            return Of(id, secret, provider.Get<string>("token"));
        }
        UseSharedFiles(provider);
        if (provider.Profile is { } profile) return OfProfile(profile, provider);
        if (Set("AWS_ACCESS_KEY_ID") is { } key && Set("AWS_SECRET_ACCESS_KEY") is { } password)
            return Of(key, password, Set("AWS_SESSION_TOKEN"));
        if (Set("AWS_WEB_IDENTITY_TOKEN_FILE") is not null && Set("AWS_ROLE_ARN") is not null)
            return AssumeRoleWithWebIdentityCredentials.FromEnvironmentVariables();
        if (Set("AWS_PROFILE") is { } chosen) return OfProfile(chosen, provider);
        if (Files(provider).TryGetAWSCredentials("default", out var shared)) return shared;
        if ((Set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") ?? Set("AWS_CONTAINER_CREDENTIALS_FULL_URI")) is not null)
            return new GenericContainerCredentials();
        if (OnInstance(provider)) return new InstanceProfileAWSCredentials();
        throw new NotAskedException(
            "no AWS credentials found: set aws:profile, AWS_PROFILE or AWS_ACCESS_KEY_ID, or configure a profile named default");
    }

    private static AWSCredentials Of(string id, string secret, string? token) =>
        token is null ? new BasicAWSCredentials(id, secret) : new SessionAWSCredentials(id, secret, token);

    private static AWSCredentials OfProfile(string name, ProviderSettings provider) =>
        Files(provider).TryGetAWSCredentials(name, out var credentials)
            ? credentials
            : throw new NotAskedException($"the profile {name} doesn't exist or has no credentials");

    private static CredentialProfileStoreChain Files(ProviderSettings provider) =>
        new(provider.Get<IReadOnlyList<string>>("sharedCredentialsFiles")?[0]);

    // The SDK reads one file of each kind, and finds the configuration file only through the environment.
    private static void UseSharedFiles(ProviderSettings provider)
    {
        foreach (var key in (string[])["sharedCredentialsFiles", "sharedConfigFiles"])
            if (provider.Get<IReadOnlyList<string>>(key) is { Count: > 1 })
                throw new NotAskedException($"aws:{key} names several files; ops reads only one");
        if (provider.Get<IReadOnlyList<string>>("sharedConfigFiles") is [var file])
            Environment.SetEnvironmentVariable("AWS_CONFIG_FILE", file);
    }

    // Elsewhere, nothing responds at the metadata service's address, or something else does.
    private static bool OnInstance(ProviderSettings provider)
    {
        if (provider.Flag("skipMetadataApiCheck")) return false;
        if (string.Equals(Set("AWS_EC2_METADATA_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)) return false;
        if (provider.Get<string>("ec2MetadataServiceEndpoint") is { } endpoint)
            Environment.SetEnvironmentVariable(MetadataEndpoint, endpoint);
        return Set(MetadataEndpoint) is not null || Vendor() == "Amazon EC2";
    }

    private static string Vendor()
    {
        try
        {
            return File.ReadAllText("/sys/class/dmi/id/sys_vendor").Trim();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>The value of an environment variable; null if it is unset or empty.</summary>
    internal static string? Set(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}

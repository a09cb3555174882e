namespace Causeway.Blueprint.Settings;

/// <summary>What a setting of the AWS provider holds.</summary>
public enum ProviderValue
{
    /// <summary>A text.</summary>
    Text,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A list of texts.</summary>
    List,

    /// <summary>A list of <see cref="AssumedRole"/>.</summary>
    Roles,

    /// <summary>A <see cref="WebIdentityRole"/>.</summary>
    WebIdentity,

    /// <summary>A map with tags in it: <c>{ tags: { name: value } }</c>.</summary>
    DefaultTags,

    /// <summary>An <see cref="IgnoredTags"/>.</summary>
    IgnoreTags,
}

/// <summary>One setting of the AWS provider, as it stands in <c>Pulumi.STACK.yaml</c> under <c>aws:</c>.</summary>
/// <param name="Name">Its key, without <c>aws:</c>.</param>
/// <param name="Value">What it holds.</param>
/// <param name="Secret">Whether it must be kept encrypted.</param>
public sealed record ProviderKey(string Name, ProviderValue Value, bool Secret = false)
{
    /// <summary>
    /// The provider's settings that are passed on (Pulumi's registry, "AWS: installation and configuration"). Pulumi gives them to its default provider
    /// alone, and the program makes its own.
    /// </summary>
    public static IReadOnlyList<ProviderKey> All { get; } =
    [
        new("accessKey", ProviderValue.Text), new("secretKey", ProviderValue.Text, Secret: true), new("token", ProviderValue.Text, Secret: true),
        .. Of(ProviderValue.Text, "customCaBundle", "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode", "httpProxy", "httpsProxy", "noProxy", "profile", "retryMode",
            "s3UsEast1RegionalEndpoint", "stsRegion", "tagPolicyCompliance"),
        .. Of(ProviderValue.Flag, "insecure", "s3UsePathStyle", "skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation", "skipRequestingAccountId",
            "useDualstackEndpoint", "useFipsEndpoint"),
        .. Of(ProviderValue.Number, "maxRetries", "tokenBucketRateLimiterCapacity"),
        .. Of(ProviderValue.List, "allowedAccountIds", "forbiddenAccountIds", "sharedConfigFiles", "sharedCredentialsFiles", "userAgents"),
        new("assumeRoles", ProviderValue.Roles), new("assumeRoleWithWebIdentity", ProviderValue.WebIdentity), new("defaultTags", ProviderValue.DefaultTags),
        new("ignoreTags", ProviderValue.IgnoreTags),
    ];

    private static IEnumerable<ProviderKey> Of(ProviderValue value, params string[] names) => names.Select(name => new ProviderKey(name, value));
}

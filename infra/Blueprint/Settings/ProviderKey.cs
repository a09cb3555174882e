namespace Causeway.Blueprint.Settings;

/// <summary>One setting of the AWS provider, in <c>Pulumi.STACK.yaml</c> under <c>aws:</c>.</summary>
/// <param name="Name">The key, without <c>aws:</c>.</param>
public sealed record ProviderKey(string Name, SettingForm Form, bool Secret = false)
{
    public static SettingForm Text { get; } = new SettingForm<string>("a text", (text, refuse) =>
    {
        if (text.Length == 0) refuse("is empty");
        return text;
    });

    public static SettingForm Flag { get; } = Forms.Flag;
    public static SettingForm Number { get; } = Forms.Integer(0, int.MaxValue);

    public static SettingForm List { get; } =
        Forms.Json<IReadOnlyList<string>>("a list of texts, like [\"123456789012\"]", HasItems);

    public static SettingForm Roles { get; } = Forms.Json<IReadOnlyList<AssumedRole>>(
        "a list of roles, like [{\"roleArn\": \"arn:aws:iam::123456789012:role/deploy\"}]", HasItems);

    public static SettingForm WebIdentity { get; } = Forms.Json<WebIdentityRole>(
        "a role, like {\"roleArn\": \"arn:aws:iam::123456789012:role/deploy\", \"webIdentityTokenFile\": \"/run/token\"}");

    public static SettingForm DefaultTags { get; } = Forms.Json<ProviderTags>("a map, like {\"tags\": {\"team\": \"calls\"}}");
    public static SettingForm IgnoreTags { get; } = Forms.Json<IgnoredTags>("a map of lists, like {\"keyPrefixes\": [\"company:\"]}");

    /// <summary>
    /// Gets the provider's settings that are passed on (Pulumi's registry, "AWS: installation and configuration"). Pulumi passes them to
    /// its default provider only, and the program makes its own.
    /// </summary>
    public static IReadOnlyList<ProviderKey> All { get; } =
    [
        new("accessKey", Text),
        new("secretKey", Text, Secret: true),
        new("token", Text, Secret: true),
        .. Of(Text, "customCaBundle", "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode", "httpProxy", "httpsProxy", "noProxy",
            "profile", "retryMode", "s3UsEast1RegionalEndpoint", "stsRegion", "tagPolicyCompliance"),
        .. Of(Flag, "insecure", "s3UsePathStyle", "skipCredentialsValidation", "skipMetadataApiCheck", "skipRegionValidation",
            "skipRequestingAccountId", "useDualstackEndpoint", "useFipsEndpoint"),
        .. Of(Number, "maxRetries", "tokenBucketRateLimiterCapacity"),
        .. Of(List, "allowedAccountIds", "forbiddenAccountIds", "sharedConfigFiles", "sharedCredentialsFiles", "userAgents"),
        new("assumeRoles", Roles),
        new("assumeRoleWithWebIdentity", WebIdentity),
        new("defaultTags", DefaultTags),
        new("ignoreTags", IgnoreTags),
    ];

    private static IEnumerable<ProviderKey> Of(SettingForm form, params string[] names) =>
        names.Select(name => new ProviderKey(name, form));

    // JSON may hold a null in a list.
    private static bool HasItems<T>(IReadOnlyList<T> list) => list.Count > 0 && !list.Contains(default!);
}

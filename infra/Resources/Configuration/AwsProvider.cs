using Causeway.Blueprint.Settings;
using Pulumi;
using Pulumi.Aws;
using Pulumi.Aws.Inputs;

namespace Causeway.Infra.Resources.Configuration;

/// <summary>
/// The one provider for everything, also for what is in us-east-1: such a resource names its region itself. Pulumi gives the settings under
/// <c>aws:</c> only to its own default provider, so each of them is passed on here.
/// </summary>
internal static class AwsProvider
{
    internal const string DefaultTags = "defaultTags";

    // Only what is set: the package has its own defaults for the rest.
    internal static readonly IReadOnlyDictionary<string, Action<ProviderArgs, object>> Inputs =
        new Dictionary<string, Action<ProviderArgs, object>>
        {
            ["accessKey"] = (args, value) => args.AccessKey = (string)value,
            ["secretKey"] = (args, value) => args.SecretKey = (string)value,
            ["token"] = (args, value) => args.Token = (string)value,
            ["customCaBundle"] = (args, value) => args.CustomCaBundle = (string)value,
            ["ec2MetadataServiceEndpoint"] = (args, value) => args.Ec2MetadataServiceEndpoint = (string)value,
            ["ec2MetadataServiceEndpointMode"] = (args, value) => args.Ec2MetadataServiceEndpointMode = (string)value,
            ["httpProxy"] = (args, value) => args.HttpProxy = (string)value,
            ["httpsProxy"] = (args, value) => args.HttpsProxy = (string)value,
            ["noProxy"] = (args, value) => args.NoProxy = (string)value,
            ["profile"] = (args, value) => args.Profile = (string)value,
            ["retryMode"] = (args, value) => args.RetryMode = (string)value,
            ["s3UsEast1RegionalEndpoint"] = (args, value) => args.S3UsEast1RegionalEndpoint = (string)value,
            ["stsRegion"] = (args, value) => args.StsRegion = (string)value,
            ["tagPolicyCompliance"] = (args, value) => args.TagPolicyCompliance = (string)value,
            ["insecure"] = (args, value) => args.Insecure = (bool)value,
            ["s3UsePathStyle"] = (args, value) => args.S3UsePathStyle = (bool)value,
            ["skipCredentialsValidation"] = (args, value) => args.SkipCredentialsValidation = (bool)value,
            ["skipMetadataApiCheck"] = (args, value) => args.SkipMetadataApiCheck = (bool)value,
            ["skipRegionValidation"] = (args, value) => args.SkipRegionValidation = (bool)value,
            ["skipRequestingAccountId"] = (args, value) => args.SkipRequestingAccountId = (bool)value,
            ["useDualstackEndpoint"] = (args, value) => args.UseDualstackEndpoint = (bool)value,
            ["useFipsEndpoint"] = (args, value) => args.UseFipsEndpoint = (bool)value,
            ["maxRetries"] = (args, value) => args.MaxRetries = (int)value,
            ["tokenBucketRateLimiterCapacity"] = (args, value) => args.TokenBucketRateLimiterCapacity = (int)value,
            ["allowedAccountIds"] = (args, value) => args.AllowedAccountIds = List(value),
            ["forbiddenAccountIds"] = (args, value) => args.ForbiddenAccountIds = List(value),
            ["sharedConfigFiles"] = (args, value) => args.SharedConfigFiles = List(value),
            ["sharedCredentialsFiles"] = (args, value) => args.SharedCredentialsFiles = List(value),
            ["userAgents"] = (args, value) => args.UserAgents = List(value),
            ["assumeRoles"] = (args, value) => args.AssumeRoles = ((IReadOnlyList<AssumedRole>)value).Select(Role).ToList(),
            ["assumeRoleWithWebIdentity"] = (args, value) => args.AssumeRoleWithWebIdentity = Role((WebIdentityRole)value),
            ["ignoreTags"] = (args, value) => args.IgnoreTags = new ProviderIgnoreTagsArgs
            {
                Keys = List(((IgnoredTags)value).Keys),
                KeyPrefixes = List(((IgnoredTags)value).KeyPrefixes),
            },
        };

    /// <summary>The provider for a region.</summary>
    /// <param name="region">The region.</param>
    /// <param name="settings">The settings under <c>aws:</c>.</param>
    /// <param name="tags">The default tags, with those of the settings.</param>
    public static Provider For(string region, ProviderSettings settings, IReadOnlyDictionary<string, string> tags)
    {
        var args = new ProviderArgs { Region = region, DefaultTags = new ProviderDefaultTagsArgs { Tags = Map(tags) } };
        foreach (var (key, value) in settings.Values.Where(setting => setting.Key != DefaultTags)) Inputs[key](args, value);
        return new("aws", args);
    }

    private static ProviderAssumeRoleArgs Role(AssumedRole role) => new()
    {
        RoleArn = role.RoleArn,
        Duration = role.Duration!,
        ExternalId = role.ExternalId!,
        Policy = role.Policy!,
        PolicyArns = List(role.PolicyArns),
        SessionName = role.SessionName!,
        SourceIdentity = role.SourceIdentity!,
        Tags = Map(role.Tags),
        TransitiveTagKeys = List(role.TransitiveTagKeys),
    };

    private static ProviderAssumeRoleWithWebIdentityArgs Role(WebIdentityRole role) => new()
    {
        RoleArn = role.RoleArn,
        Duration = role.Duration!,
        Policy = role.Policy!,
        PolicyArns = List(role.PolicyArns),
        SessionName = role.SessionName!,
        WebIdentityToken = role.WebIdentityToken!,
        WebIdentityTokenFile = role.WebIdentityTokenFile!,
    };

    private static InputList<string> List(object texts) => ((IReadOnlyList<string>)texts).ToList();

    private static InputMap<string> Map(IReadOnlyDictionary<string, string> texts) => texts.ToDictionary();
}

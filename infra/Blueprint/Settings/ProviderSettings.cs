namespace Causeway.Blueprint.Settings;

/// <summary>
/// The settings of the AWS provider: the credentials of updates, and the accounts that a stack may be in. Read by
/// <see cref="ProviderSettingsReader"/>.
/// </summary>
/// <param name="Values">The values by <see cref="ProviderKey.Name"/>: texts, flags, numbers, lists of texts and the types below.</param>
public sealed record ProviderSettings(IReadOnlyDictionary<string, object> Values)
{
    /// <summary>Gets settings without values: the provider finds credentials like AWS's own programs.</summary>
    public static ProviderSettings None { get; } = new(new Dictionary<string, object>());

    /// <summary>Gets the profile of the shared configuration files; null for the environment's.</summary>
    public string? Profile => Get<string>("profile");

    /// <summary>Gets the accounts that the stack may be in; empty for any.</summary>
    public IReadOnlyList<string> AllowedAccountIds => Get<IReadOnlyList<string>>("allowedAccountIds") ?? [];

    public IReadOnlyList<string> ForbiddenAccountIds => Get<IReadOnlyList<string>>("forbiddenAccountIds") ?? [];

    /// <summary>Gets the roles that are assumed, one after the other.</summary>
    public IReadOnlyList<AssumedRole> AssumeRoles => Get<IReadOnlyList<AssumedRole>>("assumeRoles") ?? [];

    /// <summary>Gets the tags that the provider adds to everything.</summary>
    public IReadOnlyDictionary<string, string> DefaultTags => Get<ProviderTags>("defaultTags")?.Tags ?? new Dictionary<string, string>();

    public T? Get<T>(string key) where T : class => Values.GetValueOrDefault(key) as T;

    public bool Flag(string key) => Values.GetValueOrDefault(key) is true;

    /// <summary>The keys without their values, which may be secret.</summary>
    public override string ToString() => $"aws: {string.Join(", ", Values.Keys.Order(StringComparer.Ordinal))}";
}

public abstract record RoleSession
{
    public required string RoleArn { get; init; }

    /// <summary>Gets how long it lasts, like <c>1h</c>.</summary>
    public string? Duration { get; init; }

    /// <summary>Gets a policy that narrows it, as JSON.</summary>
    public string? Policy { get; init; }

    public IReadOnlyList<string> PolicyArns { get; init; } = [];
    public string? SessionName { get; init; }
}

/// <summary>A role that the provider assumes (STS AssumeRole).</summary>
public sealed record AssumedRole : RoleSession
{
    /// <summary>Gets the external id that the role's owner requires.</summary>
    public string? ExternalId { get; init; }

    public string? SourceIdentity { get; init; }
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the tags that sessions of further roles inherit.</summary>
    public IReadOnlyList<string> TransitiveTagKeys { get; init; } = [];
}

/// <summary>A role that the provider assumes with a token of an identity provider (STS AssumeRoleWithWebIdentity).</summary>
public sealed record WebIdentityRole : RoleSession
{
    public string? WebIdentityToken { get; init; }
    public string? WebIdentityTokenFile { get; init; }
}

public sealed record ProviderTags
{
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>Tags that updates ignore.</summary>
public sealed record IgnoredTags
{
    public IReadOnlyList<string> Keys { get; init; } = [];
    public IReadOnlyList<string> KeyPrefixes { get; init; } = [];
}

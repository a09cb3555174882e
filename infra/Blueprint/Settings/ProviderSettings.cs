namespace Causeway.Blueprint.Settings;

/// <summary>
/// The settings of the AWS provider: with whose credentials a stack is made, and in which accounts it may stand. Read and checked by
/// <see cref="ProviderSettingsReader"/>.
/// </summary>
/// <param name="Values">What is set, by <see cref="ProviderKey.Name"/>: texts, flags, numbers, lists of texts and the types below.</param>
public sealed record ProviderSettings(IReadOnlyDictionary<string, object> Values)
{
    /// <summary>Nothing is set: the provider finds credentials as AWS's own programs do.</summary>
    public static ProviderSettings None { get; } = new(new Dictionary<string, object>());

    /// <summary>The profile of the shared configuration files; null: the environment's.</summary>
    public string? Profile => Get<string>("profile");

    /// <summary>The accounts that the stack may stand in; empty: any.</summary>
    public IReadOnlyList<string> AllowedAccountIds => Get<IReadOnlyList<string>>("allowedAccountIds") ?? [];

    /// <summary>The accounts that it may not stand in.</summary>
    public IReadOnlyList<string> ForbiddenAccountIds => Get<IReadOnlyList<string>>("forbiddenAccountIds") ?? [];

    /// <summary>The roles that are taken on, one after the other.</summary>
    public IReadOnlyList<AssumedRole> AssumeRoles => Get<IReadOnlyList<AssumedRole>>("assumeRoles") ?? [];

    /// <summary>The tags that the provider puts on everything that takes tags, besides the plan's.</summary>
    public IReadOnlyDictionary<string, string> DefaultTags => Get<ProviderTags>("defaultTags")?.Tags ?? new Dictionary<string, string>();

    /// <summary>What is set for a key; null when nothing is.</summary>
    public T? Get<T>(string key) where T : class => Values.GetValueOrDefault(key) as T;

    /// <summary>Whether a flag is set to true.</summary>
    public bool Flag(string key) => Values.GetValueOrDefault(key) is true;

    /// <summary>Says which keys are set; values may be secret.</summary>
    public override string ToString() => $"aws: {string.Join(", ", Values.Keys.Order(StringComparer.Ordinal))}";
}

/// <summary>A role that the provider takes on (STS AssumeRole).</summary>
public sealed record AssumedRole
{
    public required string RoleArn { get; init; }

    /// <summary>How long a session lasts, like <c>1h</c>.</summary>
    public string? Duration { get; init; }

    /// <summary>What the role's owner asks for besides.</summary>
    public string? ExternalId { get; init; }

    /// <summary>A policy that narrows the session, as JSON.</summary>
    public string? Policy { get; init; }

    /// <summary>Policies that narrow it, by ARN.</summary>
    public IReadOnlyList<string> PolicyArns { get; init; } = [];

    /// <summary>The session's name in logs.</summary>
    public string? SessionName { get; init; }

    /// <summary>Who stands behind it.</summary>
    public string? SourceIdentity { get; init; }

    /// <summary>Tags of the session.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Tags that sessions of further roles keep.</summary>
    public IReadOnlyList<string> TransitiveTagKeys { get; init; } = [];
}

/// <summary>A role that the provider takes on with a token of an identity provider (STS AssumeRoleWithWebIdentity).</summary>
public sealed record WebIdentityRole
{
    public required string RoleArn { get; init; }

    /// <summary>How long a session lasts, like <c>1h</c>.</summary>
    public string? Duration { get; init; }

    /// <summary>A policy that narrows the session, as JSON.</summary>
    public string? Policy { get; init; }

    /// <summary>Policies that narrow it, by ARN.</summary>
    public IReadOnlyList<string> PolicyArns { get; init; } = [];

    /// <summary>The session's name in logs.</summary>
    public string? SessionName { get; init; }

    public string? WebIdentityToken { get; init; }

    /// <summary>The file that the token lies in.</summary>
    public string? WebIdentityTokenFile { get; init; }
}

/// <summary>Tags for everything that takes tags.</summary>
public sealed record ProviderTags
{
    /// <summary>Name and value of each.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>Tags that others put on resources, and that an update leaves alone.</summary>
public sealed record IgnoredTags
{
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>What their names begin with.</summary>
    public IReadOnlyList<string> KeyPrefixes { get; init; } = [];
}

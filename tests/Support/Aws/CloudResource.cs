namespace Causeway.Tests.Support.Aws;

/// <summary>A thing in the account.</summary>
public abstract class CloudResource
{
    /// <summary>How many tags a resource takes.</summary>
    public const int MaxTags = 50;

    private Dictionary<string, string> _tags = [];
    private Dictionary<string, string> _before = [];
    private int _hidden;

    /// <summary>What it is called in its service: an id or a name.</summary>
    public required string Id { get; init; }

    /// <summary>Its region; us-east-1 for what is one for the whole world.</summary>
    public required string Region { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>Its ARN.</summary>
    public abstract string Arn { get; }

    /// <summary>Its type in the Resource Groups Tagging API, as <c>ec2:vpc</c>; null where that does not list it.</summary>
    public virtual string? TaggingType => null;

    /// <summary>Its tags, as they are.</summary>
    public IReadOnlyDictionary<string, string> Tags
    {
        get => _tags;
        init => _tags = new(value);
    }

    /// <summary>The order in which the account's things came to be.</summary>
    internal long Order { get; set; }

    /// <summary>Its tags as a read shows them: for some reads those before the last change.</summary>
    internal IReadOnlyDictionary<string, string> Seen()
    {
        if (_hidden == 0) return _tags;
        _hidden--;
        return _before;
    }

    /// <summary>Hides the tags for some reads, as those of something that was just made.</summary>
    public void HideTags(int reads) => (_before, _hidden) = ([], reads);

    /// <summary>Sets a tag, as another program does.</summary>
    public void SetTag(string key, string value) => Tag([(key, value)], readsUntilShown: 0);

    /// <summary>Sets a tag that reads do not show at first.</summary>
    public void SetTag(string key, string value, int readsUntilShown) => Tag([(key, value)], readsUntilShown);

    /// <summary>Removes a tag, as another program does.</summary>
    public void RemoveTag(string key) => Untag([key], readsUntilShown: 0);

    /// <summary>Adds tags.</summary>
    internal void Tag(IEnumerable<(string Key, string? Value)> tags, int readsUntilShown)
    {
        var changed = new Dictionary<string, string>(_tags);
        foreach (var (key, value) in tags)
        {
            if (key.Length is 0 or > 128 || value is { Length: > 256 })
                throw AwsRefusedException.Fault("InvalidParameterValue", $"the tag {key} is too long");
            if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
                throw AwsRefusedException.Fault("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use");
            changed[key] = value ?? "";
        }
        if (changed.Count > MaxTags) throw new AwsRefusedException(400, "TagLimitExceeded", $"more than {MaxTags} tags");
        Change(changed, readsUntilShown);
    }

    /// <summary>Takes tags away.</summary>
    internal void Untag(IEnumerable<string> keys, int readsUntilShown) => Untag(keys.Select(key => (key, (string?)null)), readsUntilShown);

    /// <summary>Takes tags away; with a value, only where they have it.</summary>
    internal void Untag(IEnumerable<(string Key, string? Value)> tags, int readsUntilShown)
    {
        var changed = new Dictionary<string, string>(_tags);
        foreach (var (key, value) in tags)
            if (value is null || changed.GetValueOrDefault(key) == value)
                changed.Remove(key);
        Change(changed, readsUntilShown);
    }

    internal void Replace(IReadOnlyDictionary<string, string> tags, int readsUntilShown) => Change(new(tags), readsUntilShown);

    private void Change(Dictionary<string, string> tags, int readsUntilShown)
    {
        if (_hidden == 0) (_before, _hidden) = (_tags, readsUntilShown);
        _tags = tags;
    }
}

/// <summary>A thing as one read shows it.</summary>
internal readonly record struct Seen<T>(T Resource, IReadOnlyDictionary<string, string> Tags);

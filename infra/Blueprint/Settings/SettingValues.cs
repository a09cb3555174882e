using Causeway.Turn.Options;

namespace Causeway.Blueprint.Settings;

/// <summary>The texts of a stack's settings, each read by its key, and all mistakes in them.</summary>
internal sealed class SettingValues
{
    private readonly IReadOnlyDictionary<string, string> _texts;
    private readonly IReadOnlySet<string>? _encrypted;
    private readonly Dictionary<SettingKey, object?> _values = [];
    private readonly List<(int Order, Mistake Mistake)> _mistakes = [];

    public SettingValues(IReadOnlyDictionary<string, string> texts, IReadOnlySet<string>? encrypted, bool withoutSecret)
    {
        (_texts, _encrypted) = (texts, encrypted);
        foreach (var name in texts.Keys.Union(encrypted ?? new HashSet<string>()).Order(StringComparer.Ordinal)) CheckName(name);
        foreach (var key in SettingKey.All) Read(key, withoutSecret);
        foreach (var rule in SettingRule.All) rule.Check(this);
    }

    public IEnumerable<Mistake> Mistakes => _mistakes.OrderBy(found => found.Order).Select(found => found.Mistake);

    /// <summary>A setting's value; for settings that are required or have a default.</summary>
    public T Get<T>(SettingKey<T> key) => (T)_values[key]!;

    /// <summary>A setting's value; <c>default</c> when it isn't set.</summary>
    public T? Find<T>(SettingKey<T> key) => (T?)_values[key];

    public bool IsSet(SettingKey key) => _texts.TryGetValue(key.Name, out var text) && text.Length > 0;

    /// <summary>Whether a setting has a value, or needs none.</summary>
    public bool IsValid(SettingKey key) => _values.ContainsKey(key);

    public void Refuse(SettingKey key, string fix, string? value)
    {
        var isHidden = key.Secret || _encrypted?.Contains(key.Name) == true;
        Add(key, new(key.Name, isHidden ? null : Short(value ?? Text(key)), fix));
    }

    /// <summary>What a setting without a value is refused with.</summary>
    public void Miss(SettingKey key, string fix) => Add(key, new(key.Name, null, $"is missing; {fix}"));

    public static string? Short(string? value) => value is { Length: > 100 } ? value[..100] + "…" : value;

    private string? Text(SettingKey key) => IsSet(key) ? _texts[key.Name].Trim() : key.Default;

    private void Read(SettingKey key, bool withoutSecret)
    {
        if (key.Secret && IsSet(key) && _encrypted?.Contains(key.Name) == false)
            Add(key, new(key.Name, null, "is stored in clear; change it, and set it with pulumi config set --secret"));
        if (Text(key) is { } text)
        {
            var before = _mistakes.Count;
            var value = key.Form.Read(text, (fix, part) => Refuse(key, fix, part));
            if (_mistakes.Count == before) _values[key] = value;
        }
        else if (!key.Required)
        {
            _values[key] = null;
        }
        else if (key.Secret && withoutSecret)
        {
            _values[key] = RootSecret.Unread;
        }
        else
        {
            Miss(key, key.WhenMissing);
        }
    }

    private void CheckName(string name)
    {
        var names = SettingKey.All.Select(known => known.Name).ToList();
        if (names.Contains(name)) return;
        var fix = SettingKey.All.FirstOrDefault(known => known.OldName == name) is { } renamed
            ? $"was renamed to {renamed.Name}"
            : NearestName.Of(name, names, maxDistance: 3) is { } nearest
                ? $"is not a setting; did you mean {nearest}?"
                : $"is not a setting; the settings are {string.Join(", ", names)}";
        // Without the value: a misspelt secret is a secret.
        _mistakes.Add((-1, new(name, null, fix)));
    }

    private void Add(SettingKey key, Mistake mistake) =>
        _mistakes.Add((SettingKey.All.Index().First(one => one.Item == key).Index, mistake));
}

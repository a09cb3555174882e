using System.Text;

namespace Causeway.Blueprint.Hosts;

/// <summary>A systemd unit, or a drop-in of units.</summary>
/// <param name="Name">Its file name below <c>/etc/systemd/system</c>.</param>
/// <param name="Sections">Its sections, in order.</param>
public sealed record Unit(string Name, IReadOnlyList<UnitSection> Sections)
{
    /// <summary>The user that its programs run as; null when it is not said (root, or another unit's matter).</summary>
    public string? User => Values("Service", "User").SingleOrDefault();

    /// <summary>The values of a setting, in order.</summary>
    public IEnumerable<string> Values(string section, string key) => Sections
        .Where(candidate => candidate.Name == section)
        .SelectMany(found => found.Settings)
        .Where(setting => setting.Key == key)
        .Select(setting => setting.Value);

    public HostFile File() => HostFile.Readable($"/etc/systemd/system/{Name}", Render());

    private string Render()
    {
        var text = new StringBuilder();
        foreach (var section in Sections)
        {
            text.Append('[').Append(section.Name).Append("]\n");
            foreach (var (key, value) in section.Settings) text.Append(key).Append('=').Append(value).Append('\n');
        }
        return text.ToString();
    }
}

/// <summary>A section of a unit.</summary>
/// <param name="Name">Its name, like <c>Service</c>.</param>
/// <param name="Settings">Its settings; a key may stand more than once.</param>
public sealed record UnitSection(string Name, IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    /// <summary>A section with these settings.</summary>
    public static UnitSection Of(string name, params (string Key, string Value)[] settings) =>
        new(name, [.. settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))]);
}

using System.Text;

namespace Causeway.Blueprint.Hosts;

/// <summary>A systemd unit.</summary>
/// <param name="Name">The file name below <c>/etc/systemd/system</c>.</param>
/// <param name="Sections">The sections, in order.</param>
public sealed record Unit(string Name, IReadOnlyList<UnitSection> Sections)
{
    /// <summary>Gets the user of its programs; null when unset.</summary>
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
/// <param name="Name">The name, like <c>Service</c>.</param>
/// <param name="Settings">The settings. A key may occur several times.</param>
public sealed record UnitSection(string Name, IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    /// <summary>A section with these settings.</summary>
    public static UnitSection Of(string name, params (string Key, string Value)[] settings) =>
        new(name, [.. settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))]);
}

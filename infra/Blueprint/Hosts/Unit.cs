namespace Causeway.Blueprint.Hosts;

/// <summary>A systemd unit.</summary>
/// <param name="Name">The file name below <c>/etc/systemd/system</c>.</param>
public sealed record Unit(string Name, IReadOnlyList<UnitSection> Sections)
{
    public string? User => Values("Service", "User").SingleOrDefault();

    public IEnumerable<string> Values(string section, string key) => Sections
        .Where(candidate => candidate.Name == section)
        .SelectMany(found => found.Settings)
        .Where(setting => setting.Key == key)
        .Select(setting => setting.Value);

    public HostFile File() => HostFile.Readable($"/etc/systemd/system/{Name}", Render());

    private string Render() => string.Concat(Sections.Select(section =>
        $"[{section.Name}]\n{string.Concat(section.Settings.Select(setting => $"{setting.Key}={setting.Value}\n"))}"));
}

/// <summary>A section of a unit, like <c>Service</c>. A key may occur several times.</summary>
public sealed record UnitSection(string Name, IReadOnlyList<KeyValuePair<string, string>> Settings)
{
    public static UnitSection Of(string name, params (string Key, string Value)[] settings) =>
        new(name, [.. settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))]);
}

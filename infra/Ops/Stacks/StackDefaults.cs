using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Stacks;

/// <summary>Defaults for the settings of a new stack: <c>ops init</c> writes them, and <c>ops plan</c> without a stack uses them.</summary>
internal static class StackDefaults
{
    public const string Stage = "demo";

    /// <summary>The lifetime of a demo in days.</summary>
    public const int DemoDays = 14;

    /// <summary>Adds the rotation and a demo's expiry, unless they are set.</summary>
    public static void AddTo(IDictionary<string, string> settings, IReadOnlyDictionary<string, string> kept, DateOnly today)
    {
        if (!kept.ContainsKey(SettingKey.Rotation.Name)) settings.TryAdd(SettingKey.Rotation.Name, IsoDay.Text(today));
        if (settings[SettingKey.Stage.Name] == "demo" && !kept.ContainsKey(SettingKey.Expires.Name))
            settings.TryAdd(SettingKey.Expires.Name, IsoDay.Text(DemoExpiry(today)));
    }

    /// <summary>The expiry of a demo that is created today.</summary>
    public static DateOnly DemoExpiry(DateOnly today) => today.AddDays(DemoDays);
}

using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Stacks;

/// <summary>The settings that a new stack is given where nothing else is said: <c>ops init</c> writes them, <c>ops plan</c> without a stack shows them.</summary>
internal static class StackDefaults
{
    public const string Stage = "demo";

    /// <summary>How many days a demo lives unless something else is said.</summary>
    public const int DemoDays = 14;

    /// <summary>Adds what follows from a stack's settings and the day: the rotation, and a demo's day of expiry. What is set stays.</summary>
    public static void AddTo(IDictionary<string, string> settings, IReadOnlyDictionary<string, string> kept, DateOnly today)
    {
        if (!kept.ContainsKey(SettingKey.Rotation.Name)) settings.TryAdd(SettingKey.Rotation.Name, IsoDay.Text(today));
        if (settings[SettingKey.Stage.Name] == "demo" && !kept.ContainsKey(SettingKey.Expires.Name)) settings.TryAdd(SettingKey.Expires.Name, IsoDay.Text(DemoExpiry(today)));
    }

    /// <summary>The expiry of a demo that begins today.</summary>
    public static DateOnly DemoExpiry(DateOnly today) => today.AddDays(DemoDays);
}

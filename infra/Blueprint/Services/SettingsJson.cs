using System.Text.Json;
using Causeway.Blueprint.Formats;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;

namespace Causeway.Blueprint.Services;

public static class SettingsJson
{
    public static string Render(RelayOptions? relay, SignallingOptions? signalling)
    {
        var sections = new Dictionary<string, object>();
        if (relay is not null) sections.Add(RelayOptions.Section, relay);
        if (signalling is not null) sections.Add(SignallingOptions.Section, signalling);
        return JsonSerializer.Serialize(sections, JsonFormat.Settings) + "\n";
    }
}

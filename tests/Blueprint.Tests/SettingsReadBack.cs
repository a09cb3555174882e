using System.Text;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;
using Microsoft.Extensions.Configuration;

namespace Causeway.Blueprint.Tests;

/// <summary>Reads rendered settings as the services do: through configuration binding.</summary>
internal static class SettingsReadBack
{
    public static RelayOptions Relay(Plan plan) => Relay(plan.File(PlanFiles.Relay));

    public static RelayOptions Relay(string json) => Bind<RelayOptions>(json, RelayOptions.Section);

    public static SignallingOptions Signalling(Plan plan) => Signalling(plan.File(PlanFiles.Signalling));

    public static SignallingOptions Signalling(string json) => Bind<SignallingOptions>(json, SignallingOptions.Section);

    private static T Bind<T>(string json, string section) =>
        new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)))
            .Build()
            .GetSection(section)
            .Get<T>(binder => binder.ErrorOnUnknownConfiguration = true)!;
}

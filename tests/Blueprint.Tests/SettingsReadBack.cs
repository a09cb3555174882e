using System.Text;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;
using Microsoft.Extensions.Configuration;

namespace Causeway.Blueprint.Tests;

/// <summary>Reads rendered settings as the services do: through configuration binding.</summary>
internal static class SettingsReadBack
{
    public static RelayOptions Relay(string json, IReadOnlyDictionary<string, string?>? environment = null) =>
        Bind<RelayOptions>(json, RelayOptions.Section, environment);

    public static SignallingOptions Signalling(string json, IReadOnlyDictionary<string, string?>? environment = null) =>
        Bind<SignallingOptions>(json, SignallingOptions.Section, environment);

    private static T Bind<T>(string json, string section, IReadOnlyDictionary<string, string?>? environment) =>
        new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)))
            .AddInMemoryCollection(environment ?? new Dictionary<string, string?>())
            .Build()
            .GetSection(section)
            .Get<T>(binder => binder.ErrorOnUnknownConfiguration = true)!;
}

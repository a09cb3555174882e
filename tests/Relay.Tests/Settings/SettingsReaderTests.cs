using System.Text;
using Causeway.Relay.Settings;
using Causeway.Turn.Options;
using Microsoft.Extensions.Configuration;

namespace Causeway.Relay.Tests.Settings;

public class SettingsReaderTests
{
    [Fact]
    public void Every_shape_of_setting_is_read()
    {
        var (options, mistakes) = Read("""
            { "relay": { "realm": "example.org", "listeners": [ { "transport": "udp", "address": "::", "port": 3479 }, { "port": 1 } ],
              "secrets": ["one", "two"],
              "credentialGrace": "00:01:00", "quotas": { "allocations": 5 }, "shards": 3, "admin": null } }
            """);

        Assert.Empty(mistakes);
        Assert.Equal("example.org", options.Realm);
        Assert.Equal(("udp", "::", 3479), (options.Listeners[0].Transport, options.Listeners[0].Address, options.Listeners[0].Port));
        Assert.Equal(2, options.Listeners.Count);
        Assert.Equal(["one", "two"], options.Secrets);
        Assert.Equal(
            (TimeSpan.FromMinutes(1), 5, 3, null), (options.CredentialGrace, options.Quotas.Allocations, options.Shards, options.Admin));
    }

    [Fact]
    public void Keys_that_are_no_settings_and_values_that_do_not_fit_are_all_reported()
    {
        var (_, mistakes) = Read("""
            { "relay": { "relam": "x", "shards": "many", "drainDeadline": "soon", "quotas": { "alocations": 1, "allocations": 1.5 },
              "wholly": "unknown",
              "listeners": [ { "port": "http", "adress": "::" } ], "secrets": "one", "ports": ["1-2"] } }
            """);

        Assert.Equal(
            [
                "relay.drainDeadline: soon is not a duration; write hours:minutes:seconds, as 00:02:00",
                "relay.listeners[0].adress: is not a setting; did you mean address?",
                "relay.listeners[0].port: http is not a whole number; write digits only",
                "relay.ports: is one value, not a section or a list; write a text",
                "relay.quotas.allocations: 1.5 is not a whole number; write digits only",
                "relay.quotas.alocations: is not a setting; did you mean allocations?",
                "relay.relam: is not a setting; did you mean realm?",
                "relay.secrets: is a list; number its items, as relay.secrets.0 or in JSON [ … ]",
                "relay.shards: many is not a whole number; write digits only",
            ],
            mistakes.Where(mistake => !mistake.Contains("wholly", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains(
            mistakes,
            mistake => mistake.StartsWith("relay.wholly: is not a setting; the settings are realm, listeners,", StringComparison.Ordinal));
    }

    private static (RelayOptions Options, List<string> Mistakes) Read(string json)
    {
        var mistakes = new List<string>();
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        return (SettingsReader.Read<RelayOptions>(configuration, RelayOptions.Section, mistakes), mistakes);
    }
}

using Causeway.Relay.Settings;
using Causeway.Signalling.Options;
using Causeway.Turn.Options;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>Validates the options of the relay in this process, also against signalling's.</summary>
internal sealed class EmbeddedRelayValidator(IConfiguration settings) : IValidateOptions<RelayOptions>
{
    public ValidateOptionsResult Validate(string? name, RelayOptions options)
    {
        var mistakes = RelayOptionsValidator.Validate(options).ToList();
        var ice = SettingsReader.Read<SignallingOptions>(settings, SignallingOptions.Section, []).Ice;

        // Secrets in files can change; those in settings can be compared.
        if (options is { SecretsFile: null, Secrets.Count: > 0 } && ice.Secrets is [var signing, ..] && !options.Secrets.Contains(signing))
        {
            mistakes.Add(
                "signalling.ice.secrets[0]: not in relay.secrets, so the relay in this process would refuse every credential; use the same "
                + "secret for both");
        }

        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }
}

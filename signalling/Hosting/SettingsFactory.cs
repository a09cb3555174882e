using Causeway.Relay.Settings;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// Creates options from a section of the settings. Unlike the framework's binder, it reports all mistakes together: unknown keys,
/// unreadable values, and what the validators find.
/// </summary>
internal sealed class SettingsFactory<T>(string section, IConfiguration configuration, IEnumerable<IValidateOptions<T>> validators)
    : IOptionsFactory<T>
    where T : class, new()
{
    public T Create(string name)
    {
        var mistakes = new List<string>();
        var options = SettingsReader.Read<T>(configuration, section, mistakes);
        mistakes.AddRange(validators.SelectMany(validator => validator.Validate(name, options).Failures ?? []));
        return mistakes.Count == 0 ? options : throw new OptionsValidationException(name, typeof(T), mistakes);
    }
}

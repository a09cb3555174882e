using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Signalling.Relays;
using Causeway.Turn.Options;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>The options of this process: signalling's and, if it runs a relay, the relay's.</summary>
internal static class SettingsExtensions
{
    /// <summary>Adds the options with their validation and reload.</summary>
    public static void AddSettings(this WebApplicationBuilder builder, string[] args)
    {
        builder.Services.AddSettings(builder.Configuration);
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SettingsReload>(provider, [args]));
    }

    /// <summary>Adds the options of some settings.</summary>
    public static void AddSettings(this IServiceCollection services, IConfiguration settings)
    {
        services.AddSection<SignallingOptions, SignallingOptionsValidator>(SignallingOptions.Section);
        services.AddSingleton<SettingsInUse>();
        services.AddSingleton<IOptionsMonitor<SignallingOptions>>(provider => provider.GetRequiredService<SettingsInUse>());
        if (settings.HasEmbeddedRelay()) services.AddSection<RelayOptions, EmbeddedRelayValidator>(RelayOptions.Section);
    }

    /// <summary>Validates all options.</summary>
    /// <exception cref="StartException">Some are invalid; it lists every mistake.</exception>
    public static void ValidateSettings(this IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (OptionsValidationException invalid)
        {
            throw new StartException([.. invalid.Failures]);
        }
        catch (AggregateException several) when (several.InnerExceptions.All(each => each is OptionsValidationException))
        {
            throw new StartException(
                [.. several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(invalid => invalid.Failures)]);
        }
    }

    private static void AddSection<T, TValidator>(this IServiceCollection services, string section)
        where T : class, new()
        where TValidator : class, IValidateOptions<T>
    {
        services.AddOptions<T>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>, TValidator>();
        services.AddSingleton<IOptionsFactory<T>>(provider => new SettingsFactory<T>(
            section, provider.GetRequiredService<IConfiguration>(), provider.GetServices<IValidateOptions<T>>()));
    }
}

using System.Globalization;

namespace Causeway.Lab.Boot;

/// <summary>Reads out of a booted machine when each step was done, by its own service manager's account.</summary>
internal static class BootTimes
{
    // The step, the unit it belongs to, and the moment of it.
    private static readonly (string Step, string Unit, string Moment)[] Steps =
    [
        ("service manager runs", "", "UserspaceTimestampMonotonic"),
        ("metadata and user-data read, its files written", "cloud-init-network.service", "ActiveEnterTimestampMonotonic"),
        ("user-data's command starts", "cloud-final.service", "InactiveExitTimestampMonotonic"),
        ("host's files fetched, its preparation starts", "causeway-host.service", "InactiveExitTimestampMonotonic"),
        ("certificate is looked for", "causeway-certificate.service", "InactiveExitTimestampMonotonic"),
        ("host prepared: settings, programs, secrets", "causeway-host.service", "ActiveEnterTimestampMonotonic"),
        ("certificate there", "causeway-certificate.service", "ExecMainExitTimestampMonotonic"),
        ("signalling answers", "causeway-signalling.service", "ActiveEnterTimestampMonotonic"),
        ("relay listens", "causeway-relay.service", "ActiveEnterTimestampMonotonic"),
        ("**ready**: the relay has relayed through itself over every transport", "causeway-ready.service", "ActiveEnterTimestampMonotonic"),
    ];

    /// <summary>The steps of a machine that is ready.</summary>
    public static IReadOnlyList<BootStep> Of(BootedInstance instance) => [.. Steps.Select(step =>
    {
        var said = instance.Run($"systemctl show --value --property {step.Moment} {step.Unit}").Trim();
        // Zero: it never happened.
        return new BootStep(step.Step, long.TryParse(said, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds) - instance.PoweredOn
            : null);
    })];
}

using Pulumi;
using Pulumi.Aws.Route53;

namespace Causeway.Infra.Resources;

/// <summary>Finds the hosted zone that the stack's names are to stand in.</summary>
internal static class HostedZoneLookup
{
    /// <summary>Looks a public zone of the account up.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="options">Whose provider looks.</param>
    /// <exception cref="HostedZoneException">There is no such zone, or it cannot be looked for.</exception>
    public static Output<(string Id, string Arn)> Find(string name, InvokeOptions options) => Output.Create(FindAsync(name, options));

    // Not the look-up that gives an output: its failure would name neither the setting nor what to write there.
    private static async Task<(string Id, string Arn)> FindAsync(string name, InvokeOptions options)
    {
        try
        {
            var found = await GetZone.InvokeAsync(new() { Name = name, PrivateZone = false }, options);
            return (found.ZoneId, found.Arn);
        }
        catch (Exception failure)
        {
            throw new HostedZoneException(name, failure);
        }
    }
}

/// <summary>The hosted zone of the settings is not among those of the account, or cannot be looked for.</summary>
public sealed class HostedZoneException(string name, Exception failure) : RunException(
    $"hostedZone: {name} cannot be found among the account's public hosted zones in Route 53. Where another zone holds the domain, as example.org holds call.example.org, name that one: "
    + $"pulumi config set causeway:hostedZone ZONE; the domain itself is looked for when nothing is set. What came back:\n  {failure.Message}",
    failure);

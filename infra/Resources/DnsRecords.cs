using Causeway.Blueprint.Network;
using Pulumi;
using Pulumi.Aws.Route53;

namespace Causeway.Infra.Resources;

/// <summary>The stack's DNS records.</summary>
internal static class DnsRecords
{
    // A change is visible everywhere within a minute.
    private const int TtlSeconds = 60;

    /// <summary>Registers a record with one address.</summary>
    /// <param name="name">The resource's name.</param>
    /// <param name="planned">The record.</param>
    /// <param name="zone">The hosted zone's id.</param>
    /// <param name="address">The address.</param>
    /// <param name="options">Options of the resource.</param>
    public static Record Register(
        string name, DnsRecord planned, Input<string> zone, Input<string> address, CustomResourceOptions options) =>
        new(name, new() { ZoneId = zone, Name = planned.Name, Type = planned.Type, Ttl = TtlSeconds, Records = { address } }, options);
}

using System.Net.Security;
using System.Reflection;
using Causeway.Relay.Machine;
using Causeway.Relay.Settings;
using Causeway.Turn.Engines;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Hosting;

/// <summary>The relay's settings in the words of its engine and of its shards.</summary>
internal static class CoreSettings
{
    /// <summary>What an engine is made with.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="certificate">Gives the certificate of the moment.</param>
    public static EngineSettings ForEngine(this RelayConfiguration configuration, Func<SslStreamCertificateContext> certificate) => new()
    {
        Listeners = configuration.Listeners,
        Shards = configuration.Shards,
        Buffers = configuration.Buffers,
        Streams = configuration.Streams,
        Certificate = configuration.Certificate is null ? null : certificate,
    };

    /// <summary>The quotas of shards.</summary>
    public static RelayQuotas ForShards(this RelayQuotaOptions options) => new()
    {
        Allocations = int.Min(options.Allocations, RelayMemory.Allocations),
        AllocationsPerSubject = options.AllocationsPerSubject,
        AllocationsPerAddress = options.AllocationsPerAddress,
        PermissionsPerAllocation = options.PermissionsPerAllocation,
        ChannelsPerAllocation = options.ChannelsPerAllocation,
        ChallengesPerAddress = options.ChallengesPerAddress,
    };

    /// <summary>What shards are made with.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="addresses">The addresses that are relayed on.</param>
    /// <param name="engine">Its listeners are no peers.</param>
    public static RelaySettings ForShards(this RelayConfiguration configuration, IReadOnlyList<RelayAddress> addresses, IRelayEngine engine)
    {
        // A client must not speak to the relay through the relay, by none of the forms that an address of it has; what is relayed is UDP.
        var listeners = engine.Listeners.Where(listener => listener.Transport == ClientTransport.Udp).Select(listener => listener.Address).ToArray();
        var mapped = from address in addresses from listener in listeners where listener.Ip == address.Local select listener with { Ip = address.Public };
        // A listener on every address has its port on those that come later too.
        var wildcards = from wildcard in configuration.Listeners
                        where wildcard.Transport == ClientTransport.Udp && wildcard.Address.Ip.Bits == 0
                        from listener in listeners
                        where listener.Family == wildcard.Address.Family && (wildcard.Address.Port == 0 || wildcard.Address.Port == listener.Port)
                        select listener with { Ip = wildcard.Address.Ip };
        return new()
        {
            Realm = configuration.Realm,
            Software = $"Causeway {typeof(RelayHost).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion}",
            Addresses = addresses,
            FirstPort = configuration.FirstPort,
            LastPort = configuration.LastPort,
            Secrets = configuration.Secrets,
            CredentialGraceSeconds = configuration.CredentialGraceSeconds,
            Peers = new(configuration.AllowPeers, configuration.DenyPeers, listeners.Concat(mapped).Concat(wildcards).Distinct(), configuration.AllowHostPeers),
            Quotas = configuration.Quotas.ForShards(),
        };
    }
}

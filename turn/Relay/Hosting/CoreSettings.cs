using System.Net.Security;
using System.Reflection;
using Causeway.Relay.Machine;
using Causeway.Relay.Settings;
using Causeway.Turn.Engines;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Hosting;

/// <summary>Maps the relay's settings to those of the engine and of the shards.</summary>
internal static class CoreSettings
{
    /// <summary>The engine's settings.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="certificate">Returns the current certificate.</param>
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
        PeerConnections = options.PeerConnections,
        PeerConnectionsPerSubject = options.PeerConnectionsPerSubject,
        PeerConnectionsPerAllocation = options.PeerConnectionsPerAllocation,
        ChallengesPerAddress = options.ChallengesPerAddress,
    };

    private static readonly string Version =
        typeof(CoreSettings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>The shards' settings.</summary>
    /// <param name="configuration">The settings.</param>
    /// <param name="addresses">The relayed addresses.</param>
    /// <param name="engine">The engine, whose listeners are denied as peers.</param>
    public static RelaySettings ForShards(this RelayConfiguration configuration, IReadOnlyList<RelayAddress> addresses, IRelayEngine engine)
    {
        // A client must not reach the relay through the relay, under any form of its addresses.
        var listeners = engine.Listeners
            .Where(listener => listener.Transport == ClientTransport.Udp)
            .Select(listener => listener.Address)
            .ToArray();
        var mapped = ToPublic(listeners, addresses);
        var streams = engine.Listeners
            .Where(listener => listener.Transport != ClientTransport.Udp)
            .Select(listener => listener.Address)
            // A client must not operate the relay through the relay.
            .Concat(configuration.Admin is { Port: > 0 } admin ? [TransportAddress.From(admin)] : [])
            .ToArray();
        // A listener on an unspecified address has its port on later addresses too.
        var wildcards = from wildcard in configuration.Listeners
                        where wildcard.Transport == ClientTransport.Udp && wildcard.Address.Ip.Bits == 0
                        from listener in listeners
                        where listener.Family == wildcard.Address.Family
                            && (wildcard.Address.Port == 0 || wildcard.Address.Port == listener.Port)
                        select listener with { Ip = wildcard.Address.Ip };
        return new()
        {
            Realm = configuration.Realm,
            Software = $"Causeway {Version}",
            Addresses = addresses,
            FirstPort = configuration.FirstPort,
            LastPort = configuration.LastPort,
            Secrets = configuration.Secrets,
            Users = configuration.Users,
            HideUsernames = configuration.HideUsernames,
            TcpAllocations = configuration.TcpAllocations,
            StreamListeners = [.. streams.Concat(ToPublic(streams, addresses)).Distinct()],
            Alternates = configuration.Alternates,
            CredentialGraceSeconds = configuration.CredentialGraceSeconds,
            Peers = new(
                configuration.AllowPeers,
                configuration.DenyPeers,
                listeners.Concat(mapped).Concat(wildcards).Distinct(),
                configuration.AllowHostPeers),
            Quotas = configuration.Quotas.ForShards(),
            DefaultLifetimeSeconds = (int)configuration.Lifetimes.Allocation.TotalSeconds,
            MaxLifetimeSeconds = (int)configuration.Lifetimes.MaxAllocation.TotalSeconds,
            NonceLifetimeSeconds = (int)configuration.Lifetimes.Nonce.TotalSeconds,
            ReservationSeconds = (int)configuration.Lifetimes.Reservation.TotalSeconds,
        };
    }

    private static IEnumerable<TransportAddress> ToPublic(TransportAddress[] listeners, IReadOnlyList<RelayAddress> addresses) =>
        from address in addresses
        from listener in listeners
        where listener.Ip == address.Local
        select listener with { Ip = address.Public };
}

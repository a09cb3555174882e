using System.Net;
using Causeway.Relay.Certificates;
using Causeway.Turn.Engines;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Users;

namespace Causeway.Relay.Settings;

/// <summary>The relay's settings, validated and parsed.</summary>
internal sealed record RelayConfiguration
{
    public required string Realm { get; init; }

    public required IReadOnlyList<Listener> Listeners { get; init; }

    /// <summary>Empty if they must be detected.</summary>
    public required IReadOnlyList<RelayAddress> Addresses { get; init; }

    public required ushort FirstPort { get; init; }

    public required ushort LastPort { get; init; }

    public required IReadOnlyList<string> Secrets { get; init; }

    public required StaticUsers Users { get; init; }

    public required bool HideUsernames { get; init; }

    /// <summary>Null without a TLS listener.</summary>
    public required CertificateStore? Certificate { get; init; }

    public required RelayStreamOptions Streams { get; init; }

    public required IReadOnlyList<IpPrefix> AllowPeers { get; init; }

    public required IReadOnlyList<IpPrefix> DenyPeers { get; init; }

    public required bool AllowHostPeers { get; init; }

    public required bool TcpAllocations { get; init; }

    public IReadOnlyList<AlternateServer> Alternates { get; init; } = [];

    public required RelayBufferOptions Buffers { get; init; }

    public required RelayQuotaOptions Quotas { get; init; }

    public required RelayLifetimeOptions Lifetimes { get; init; }

    public required int CredentialGraceSeconds { get; init; }

    public required EngineChoice Engine { get; init; }

    public required int Shards { get; init; }

    public required IPEndPoint? Admin { get; init; }

    /// <summary>The bearer tokens of the admin interface.</summary>
    public required IReadOnlyList<string> AdminTokens { get; init; }

    public required TimeSpan DrainDeadline { get; init; }

    /// <summary>Null without heartbeats.</summary>
    public HeartbeatConfiguration? Heartbeat { get; init; }
}

/// <summary>The settings of heartbeats.</summary>
internal sealed record HeartbeatConfiguration(
    IReadOnlyList<Uri> Hosts,
    string Key,
    string Relay,
    string Generation,
    IReadOnlyList<string> StunUrls,
    IReadOnlyList<string> TurnUrls,
    TimeSpan Interval);

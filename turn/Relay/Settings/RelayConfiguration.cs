using System.Net;
using Causeway.Relay.Certificates;
using Causeway.Turn.Engines;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Settings;

/// <summary>The relay's settings after validation: parsed values, nothing left to go wrong but the system itself.</summary>
internal sealed record RelayConfiguration
{
    public required string Realm { get; init; }

    public required IReadOnlyList<Listener> Listeners { get; init; }

    /// <summary>Empty: to be found.</summary>
    public required IReadOnlyList<RelayAddress> Addresses { get; init; }

    public required ushort FirstPort { get; init; }

    public required ushort LastPort { get; init; }

    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>Null when no listener needs one.</summary>
    public required CertificateStore? Certificate { get; init; }

    public required RelayStreamOptions Streams { get; init; }

    public required IReadOnlyList<IpPrefix> AllowPeers { get; init; }

    public required IReadOnlyList<IpPrefix> DenyPeers { get; init; }

    public required bool AllowHostPeers { get; init; }

    public required RelayBufferOptions Buffers { get; init; }

    public required RelayQuotaOptions Quotas { get; init; }

    public required int CredentialGraceSeconds { get; init; }

    public required EngineChoice Engine { get; init; }

    public required int Shards { get; init; }

    public required IPEndPoint? Admin { get; init; }

    public required TimeSpan DrainDeadline { get; init; }

    /// <summary>Null when nobody is to be told of the relay.</summary>
    public HeartbeatConfiguration? Heartbeat { get; init; }
}

/// <summary>Whom the relay tells of itself, and what stays the same each time.</summary>
internal sealed record HeartbeatConfiguration(
    IReadOnlyList<Uri> Hosts, string Key, string Relay, string Generation, IReadOnlyList<string> StunUrls, IReadOnlyList<string> TurnUrls, TimeSpan Interval);

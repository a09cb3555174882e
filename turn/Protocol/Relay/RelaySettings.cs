using Causeway.Turn.Protocol.Relay.Peers;

namespace Causeway.Turn.Protocol.Relay;

/// <summary>One address of this host on which relayed transport addresses are opened.</summary>
/// <param name="Local">The address to bind.</param>
/// <param name="Public">The address by which peers reach it, where a 1:1 NAT stands before this host; else the same. Of the same family.</param>
public readonly record struct RelayAddress(IpAddress Local, IpAddress Public)
{
    /// <summary>The family of both.</summary>
    public IpFamily Family => Local.Family;
}

/// <summary>The settings of the core: parsed values, for all shards of a relay the same ones.</summary>
public sealed record RelaySettings
{
    /// <summary>The realm of the long-term credentials (RFC 8489 §9.2); 1 to 127 characters.</summary>
    public required string Realm { get; init; }

    /// <summary>
    /// SOFTWARE of success responses (RFC 8489 §14.14), 127 characters at most; empty: none. Only who signed a request is told: strangers get short answers, so that
    /// a relay is no amplifier worth having, and learn no version.
    /// </summary>
    public string Software { get; init; } = "";

    /// <summary>Where relayed transport addresses are opened; the first one of a family serves that family.</summary>
    public required IReadOnlyList<RelayAddress> Addresses { get; init; }

    /// <summary>The first relayed port.</summary>
    public ushort FirstPort { get; init; } = 49152;

    /// <summary>The last relayed port, included.</summary>
    public ushort LastPort { get; init; } = 65535;

    /// <summary>The secrets that credentials may be signed with (<see cref="Credentials"/>), the current one first; any of them checks.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>How long an allocation may outlive the expiry of the credential that made it, in seconds.</summary>
    public int CredentialGraceSeconds { get; init; } = 300;

    /// <summary>Which peers may be reached.</summary>
    public required PeerPolicy Peers { get; init; }

    /// <summary>Bounds on what clients may take.</summary>
    public RelayQuotas Quotas { get; init; } = new();

    /// <summary>Clients that are served beyond all bounds: the relay's own probes.</summary>
    public ProbeClients Probes { get; init; } = new();

    /// <summary>How long a nonce is fresh, in seconds.</summary>
    public int NonceLifetimeSeconds { get; init; } = 3600;

    /// <summary>The least lifetime that is granted, in seconds, credentials permitting (RFC 8656 §7.2).</summary>
    public int DefaultLifetimeSeconds { get; init; } = 600;

    /// <summary>The greatest lifetime that is granted, in seconds (RFC 8656 §7.2).</summary>
    public int MaxLifetimeSeconds { get; init; } = 3600;

    /// <summary>How long a permission of CreatePermission lasts, in seconds (RFC 8656 §9 fixes 300); that of ChannelBind lasts as long as the channel.</summary>
    public int PermissionSeconds { get; init; } = 300;

    /// <summary>How long a channel lasts, in seconds (RFC 8656 §12 fixes 600).</summary>
    public int ChannelSeconds { get; init; } = 600;

    /// <summary>How long a port stays reserved, in seconds (RFC 8656 §7.2: at least 30).</summary>
    public int ReservationSeconds { get; init; } = 30;

    /// <exception cref="ArgumentException">Something that would make the relay answer wrongly or not at all.</exception>
    internal void Check()
    {
        Require(Realm.Length is > 0 and <= 127, $"realm: '{Realm}' has {Realm.Length} characters; 1 to 127 are allowed");
        Require(Software.Length <= 127, $"software: {Software.Length} characters; at most 127 are allowed");
        Require(Addresses.All(a => a.Local.Family == a.Public.Family && a.Family.IsKnown()), "addresses: local and public must be of one family");
        Require(FirstPort > 0 && FirstPort <= LastPort, $"ports: {FirstPort}-{LastPort} is empty; the last port must not be below the first");
        Require(Secrets.Count > 0 && Secrets.All(s => s.Length > 0), "secrets: at least one is needed and none may be empty");
        Require(DefaultLifetimeSeconds > 0 && DefaultLifetimeSeconds <= MaxLifetimeSeconds, "lifetimes: the default must be above zero and not above the maximum");
        Require(int.Min(PermissionSeconds, ChannelSeconds) > 0 && int.Min(NonceLifetimeSeconds, ReservationSeconds) > 0, "seconds: each must be above zero");
        Require(CredentialGraceSeconds >= 0, "credential grace: must not be negative");
    }

    private static void Require(bool holds, string mistake)
    {
        if (!holds) throw new ArgumentException(mistake);
    }
}

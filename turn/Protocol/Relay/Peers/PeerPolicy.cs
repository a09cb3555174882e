namespace Causeway.Turn.Protocol.Relay.Peers;

/// <summary>The verdict on a peer's address. All but <see cref="Allowed"/> are answered 403 (RFC 8656 §10.2, §12.2).</summary>
public enum PeerVerdict : byte
{
    /// <summary>Not a public address (private, loopback, link-local, multicast and so on), and not allowed by the settings.</summary>
    DeniedAddress,

    /// <summary>Denied by the settings.</summary>
    DeniedBySettings,

    /// <summary>One of the relay's own listeners: a client could send to the relay from the relay's address.</summary>
    DeniedOwnListener,

    /// <summary>An address of the relay's own host, and not allowed by the settings: packets to it pass no firewall.</summary>
    DeniedHost,

    /// <summary>Allowed.</summary>
    Allowed,
}

/// <summary>
/// Decides which peers clients may reach through the relay. Without a policy a relay opens its operator's network and the cloud's metadata
/// service. In this order:
/// <list type="number">
/// <item>the relay's own listeners are denied;</item>
/// <item>what the settings deny is denied;</item>
/// <item>what the settings allow is allowed;</item>
/// <item>what isn't a public address is denied: <see cref="SpecialPurposeAddresses"/>;</item>
/// <item>everything else is allowed.</item>
/// </list>
/// Addresses of the relay's own host (<c>RelayShared.SetHostAddresses</c>) need more than a wide prefix: see
/// <see cref="AllowsOnHost(IpAddress)"/>. An IPv6 address that embeds IPv4 addresses (mapped, NAT64, 6to4, Teredo and others) must pass as
/// each of those too. An allowed prefix applies to an embedding form only when it lies inside the form's prefix: <c>::/0</c> doesn't allow
/// <c>::ffff:127.0.0.1</c>.
/// </summary>
/// <remarks>
/// Immutable; doesn't allocate. A relayed address of this relay is always a peer: the caller, which knows the allocations, checks that
/// first.
/// </remarks>
public sealed class PeerPolicy
{
    private readonly IpPrefix[] _allow;
    private readonly IpPrefix[] _deny;
    private readonly TransportAddress[] _ownListeners;
    private readonly bool _allowHost;

    /// <summary>Creates a policy.</summary>
    /// <param name="allow">Prefixes to allow although the built-in table denies them.</param>
    /// <param name="deny">Prefixes to deny; they override <paramref name="allow"/>.</param>
    /// <param name="ownListeners">
    /// The relay's listeners, by local and by public address. A listener on the unspecified address covers its port on every address of its
    /// family.
    /// </param>
    /// <param name="allowHost">Whether every allowed prefix covers the addresses of the relay's own host too.</param>
    public PeerPolicy(
        IEnumerable<IpPrefix> allow, IEnumerable<IpPrefix> deny, IEnumerable<TransportAddress> ownListeners, bool allowHost = false)
    {
        _allowHost = allowHost;
        _allow = [.. allow];
        _deny = [.. deny];
        _ownListeners = [.. ownListeners];
    }

    /// <summary>Judges a peer's transport address, for ChannelBind, Send and data.</summary>
    public PeerVerdict Judge(in TransportAddress peer)
    {
        var embedded = EmbeddedIPv4.In(peer.Ip);
        return IsOwnListener(peer, embedded) ? PeerVerdict.DeniedOwnListener : Judge(peer.Ip, embedded);
    }

    /// <summary>Judges a peer's IP address, for permissions, which have no port (RFC 8656 §9).</summary>
    public PeerVerdict Judge(IpAddress peer) => Judge(peer, EmbeddedIPv4.In(peer));

    /// <summary>
    /// Whether the settings deny one of the relay's own addresses, by a rule for that address alone. A wider rule is about the relay's
    /// network, and not about the relayed addresses of its clients.
    /// </summary>
    public bool DeniesOwn(IpAddress own)
    {
        foreach (var prefix in _deny)
        {
            if (prefix.IsOnly(own)) return true;
        }

        return false;
    }

    /// <summary>
    /// Whether the settings allow a peer on the relay's own host that isn't a relayed transport address. A prefix covers such an address
    /// when it is that address alone (<c>192.0.2.1/32</c>), when it lies in loopback, or when the policy says so: <c>10.0.0.0/8</c> means
    /// the operator's network, and not other services on the relay's host, which no firewall protects from it.
    /// </summary>
    public bool AllowsOnHost(in TransportAddress peer)
    {
        var embedded = EmbeddedIPv4.In(peer.Ip);
        return IsAllowed(peer.Ip, embedded, onHost: true) && !IsOwnListener(peer, embedded) && !Denies(peer.Ip, embedded);
    }

    /// <summary><see cref="AllowsOnHost(in TransportAddress)"/> for a permission, which has no port.</summary>
    public bool AllowsOnHost(IpAddress peer)
    {
        var embedded = EmbeddedIPv4.In(peer);
        return IsAllowed(peer, embedded, onHost: true) && !Denies(peer, embedded);
    }

    private bool IsOwnListener(in TransportAddress peer, in EmbeddedIPv4 embedded)
    {
        foreach (var listener in _ownListeners)
        {
            if (listener.Port != peer.Port) continue;
            if (IsAt(listener.Ip, peer.Ip)) return true;
            for (var i = 0; i < embedded.Count; i++)
            {
                if (IsAt(listener.Ip, embedded[i])) return true;
            }
        }

        return false;
    }

    private static bool IsAt(IpAddress listener, IpAddress peer) =>
        listener == peer || (listener.Family == peer.Family && listener.Bits == UInt128.Zero);

    private bool Denies(IpAddress peer, in EmbeddedIPv4 embedded)
    {
        if (Contains(_deny, peer)) return true;
        for (var i = 0; i < embedded.Count; i++)
        {
            if (Contains(_deny, embedded[i])) return true;
        }

        return false;
    }

    private PeerVerdict Judge(IpAddress peer, in EmbeddedIPv4 embedded)
    {
        if (Denies(peer, embedded)) return PeerVerdict.DeniedBySettings;
        if (IsAllowed(peer, embedded)) return PeerVerdict.Allowed;
        if (embedded.Count == 0 || !embedded.IsCertain) return IsPublic(peer) ? PeerVerdict.Allowed : PeerVerdict.DeniedAddress;

        for (var i = 0; i < embedded.Count; i++)
        {
            if (!Contains(_allow, embedded[i]) && !IsPublic(embedded[i])) return PeerVerdict.DeniedAddress;
        }

        return PeerVerdict.Allowed;
    }

    private bool IsAllowed(IpAddress peer, in EmbeddedIPv4 embedded, bool onHost = false)
    {
        foreach (var prefix in _allow)
        {
            if (!prefix.Contains(peer) || (embedded.Count > 0 && prefix.Length < embedded.Form.Length)) continue;
            if (!onHost || _allowHost || prefix.IsOnly(peer) || SpecialPurposeAddresses.IsLoopback(prefix.Network)) return true;
        }

        return false;
    }

    // The default value has no family.
    private static bool IsPublic(IpAddress address) => address.Family != 0 && !SpecialPurposeAddresses.Contain(address);

    private static bool Contains(IpPrefix[] prefixes, IpAddress address)
    {
        foreach (var prefix in prefixes)
        {
            if (prefix.Contains(address)) return true;
        }

        return false;
    }
}

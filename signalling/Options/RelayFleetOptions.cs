namespace Causeway.Signalling.Options;

/// <summary>
/// Relays that send heartbeats. Browsers get the best of them instead of the TURN servers of <see cref="IceOptions"/>, which they get while
/// no relay is known.
/// </summary>
public sealed class RelayFleetOptions
{
    /// <summary>
    /// Gets a file with the keys of heartbeats, one per line, the current one first; each is accepted. Defaults to none: heartbeats are
    /// refused.
    /// </summary>
    public string? HeartbeatKeysFile { get; init; }

    /// <summary>
    /// Gets a loopback URL that accepts heartbeats without TLS and serves nothing else, as <c>http://127.0.0.1:9479</c>; for a relay on the
    /// same host.
    /// </summary>
    public string? HeartbeatListen { get; init; }

    /// <summary>
    /// Gets whether the public listeners accept heartbeats too, for relays on other hosts. Defaults to <see langword="false"/>.
    /// </summary>
    public bool PublicHeartbeats { get; init; }

    /// <summary>
    /// Gets a file with the keys of admissions, one per line; each is accepted. Required unless <see cref="AdmitAtOnce"/>.
    /// </summary>
    public string? AdmissionKeysFile { get; init; }

    /// <summary>
    /// Gets whether the relays of every generation are handed out as soon as they are ready, without a gate. Defaults to <see
    /// langword="false"/>.
    /// </summary>
    public bool AdmitAtOnce { get; init; }

    /// <summary>
    /// Gets the generation of this host. It tells the gate which host answers, and the host's relays count as admitted until an admission
    /// arrives.
    /// </summary>
    public string? Generation { get; init; }

    /// <summary>
    /// Gets how long a relay may be silent before it counts as lost. Defaults to 15 seconds, three intervals of heartbeats.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Gets how many clients per second are moved to other relays when theirs drains or is lost: each of them makes new allocations.
    /// Defaults to 50.
    /// </summary>
    public int MovesPerSecond { get; init; } = 50;
}

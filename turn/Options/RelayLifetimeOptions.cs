namespace Causeway.Turn.Options;

/// <summary>
/// How long the relay keeps what clients ask for, where the RFCs let a server choose. They fix the others: a permission lasts 5 minutes, a
/// channel 10 minutes (RFC 8656 §9, §12).
/// </summary>
public sealed class RelayLifetimeOptions
{
    /// <summary>
    /// Gets the lifetime of an allocation whose client requests none or less (RFC 8656 §7.2), in whole seconds from 1 minute on; clients
    /// refresh it before it ends. An allocation ends with its credential and <see cref="RelayOptions.CredentialGrace"/> at the latest.
    /// Defaults to 10 minutes, as the RFC says.
    /// </summary>
    public TimeSpan Allocation { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Gets the longest lifetime of an allocation that a client may request (RFC 8656 §7.2), up to 1 day. Within it the relay keeps the
    /// ports of a client that is gone. Defaults to 1 hour, the most that the RFC recommends.
    /// </summary>
    public TimeSpan MaxAllocation { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Gets how long a nonce is valid, from 1 minute to the hour that the RFC allows (RFC 8656 §5); then clients get a new one. Defaults to
    /// 1 hour.
    /// </summary>
    public TimeSpan Nonce { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Gets how long a port that EVEN-PORT reserved waits for its token (RFC 8656 §7.2), from the 30 seconds that the RFC requires to
    /// 10 minutes. Defaults to 30 seconds.
    /// </summary>
    public TimeSpan Reservation { get; init; } = TimeSpan.FromSeconds(30);
}

using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines;

/// <summary>What an engine tells its host, for logs and session summaries; never once a packet. Called under the shard's lock: return soon.</summary>
public interface IEngineEvents
{
    /// <summary>An allocation stands.</summary>
    void Created(AllocationCreated allocation);

    /// <summary>An allocation ended.</summary>
    void Ended(AllocationEnded allocation);

    /// <summary>A relay socket could not be opened; the state machine was told. At most one call a second and engine.</summary>
    void RelayNotOpened(OpenRelay asked, RelayFailure reason, Exception failure);

    /// <summary>A listener on an unspecified address serves an address that came, or no more one that went. Not under a shard's lock.</summary>
    void ListenerChanged(BoundListener listener, bool isThere);

    /// <summary>A listener on an unspecified address cannot serve an address that came; it tries again, and says so once. Not under a shard's lock.</summary>
    void ListenerRefused(TransportAddress address, Exception failure);

    /// <summary>Something unexpected was caught in a loop, which goes on. At most one call a second and engine.</summary>
    /// <param name="where">The loop.</param>
    /// <param name="failure">The exception.</param>
    /// <param name="suppressed">How many were not told since the last call.</param>
    void Unexpected(string where, Exception failure, long suppressed);
}

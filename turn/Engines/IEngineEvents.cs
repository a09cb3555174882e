using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Turn.Engines;

/// <summary>
/// Events of an engine, for logs and session summaries; never one per packet. Called under the shard's lock: return quickly.
/// </summary>
public interface IEngineEvents
{
    /// <summary>An allocation was created.</summary>
    void Created(AllocationCreated allocation);

    /// <summary>An allocation ended.</summary>
    void Ended(AllocationEnded allocation);

    /// <summary>A relay socket could not be opened; the state machine knows. At most one call per second.</summary>
    void RelayNotOpened(OpenRelay asked, RelayFailure reason, Exception failure);

    /// <summary>
    /// A listener on an unspecified address began to serve a new address, or stopped to serve a removed one. Not under a shard's lock.
    /// </summary>
    void ListenerChanged(BoundListener listener, bool isThere);

    /// <summary>
    /// A listener on an unspecified address can't serve a new address. It retries and reports this once. Not under a shard's lock.
    /// </summary>
    void ListenerRefused(TransportAddress address, Exception failure);

    /// <summary>A loop caught an unexpected exception and continues. At most one call per second.</summary>
    /// <param name="where">The loop.</param>
    /// <param name="failure">The exception.</param>
    /// <param name="suppressed">Exceptions not reported since the last call.</param>
    void Unexpected(string where, Exception failure, long suppressed);
}

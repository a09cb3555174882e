using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Diagnostics;

/// <summary>Logs the engine's events.</summary>
internal sealed class EngineLog(ILogger logger) : IEngineEvents
{
    public void Created(AllocationCreated allocation) =>
        logger.AllocationCreated(allocation.Allocation, allocation.Subject, allocation.Client.Address, allocation.Relayed);

    public void Ended(AllocationEnded allocation) =>
        logger.AllocationEnded(allocation.Allocation, allocation.Subject, allocation.Client.Address, allocation.Reason, allocation.Usage);

    public void RelayNotOpened(OpenRelay asked, RelayFailure reason, Exception failure) =>
        logger.RelayNotOpened(asked.Local, reason, failure);

    public void ListenerChanged(BoundListener listener, bool isThere)
    {
        if (isThere) logger.Listening(listener.Transport, listener.Address);
        else logger.NotListening(listener.Transport, listener.Address);
    }

    public void ListenerRefused(TransportAddress address, Exception failure) => logger.ListenerRefused(address, failure);

    public void Unexpected(string where, Exception failure, long suppressed) => logger.Unexpected(where, suppressed, failure);
}

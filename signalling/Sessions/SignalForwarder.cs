using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Rooms;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Sessions;

/// <summary>Forwards the signals and acknowledgements of one session to others.</summary>
internal sealed class SignalForwarder(ISessionRouter router, SignallingMetrics metrics)
{
    /// <summary>Forwards a signal to another member.</summary>
    /// <returns>Why it was refused; null if it was delivered.</returns>
    public async ValueTask<Error?> SendAsync(Session from, SendSignal message)
    {
        if (from.Acknowledge(message.To, message.Ack, out var fault) is not { } to) return fault;
        var delivery = await router.SignalAsync(to, new(from.Address.Member, message.Seq, message.Ack, message.Payload));
        var error = ErrorOf(delivery, message, from);
        metrics.Signal(error?.Code ?? (delivery.Outcome == DeliveryOutcome.Duplicate ? "duplicate" : "taken"));
        return error;
    }

    /// <summary>Forwards an acknowledgement to the member whose signals were processed.</summary>
    /// <returns>Why it was refused; null if it was delivered.</returns>
    public async ValueTask<Error?> SendAsync(Session from, SendAck message)
    {
        if (from.Acknowledge(message.To, message.Ack, out var fault) is not { } to) return fault;
        await router.AckAsync(to, new(from.Address.Member, message.Ack));
        return null;
    }

    private static Error? ErrorOf(Delivery delivery, SendSignal message, Session from) => delivery.Outcome switch
    {
        DeliveryOutcome.NoSuchMember => Session.NoSuchMember(message.To),
        DeliveryOutcome.Full => new(
            ErrorCodes.OutboxFull,
            $"signal {message.Seq} was not accepted: {from.Limits.Outbox} signals or {from.Limits.OutboxBytes} bytes wait for the "
                + "member's acknowledgement, or its address is at its limit; send it again after the next ack",
            Fatal: false, message.To, delivery.Expected),
        DeliveryOutcome.Gap => new(
            ErrorCodes.Gap, $"signal {message.Seq} was not accepted: {delivery.Expected} is next; send again from there",
            Fatal: false, message.To, delivery.Expected),
        _ => null,
    };
}

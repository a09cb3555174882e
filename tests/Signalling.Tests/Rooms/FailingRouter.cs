using Causeway.Signalling.Rooms;
using Causeway.Signalling.Sessions;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Causeway.Signalling.Tests.Rooms;

/// <summary>The way between rooms and sessions, which does not always work.</summary>
internal sealed class FailingRouter : ISessionRouter
{
    private LocalSessionRouter? _inner;

    public bool JoinedFails { get; set; }

    public bool LeftFails { get; set; }

    public bool RenewFails { get; set; }

    public FailingRouter Around(IServiceProvider provider)
    {
        _inner = new(provider.GetRequiredService<SessionDirectory>());
        return this;
    }

    public ValueTask<Delivery> SignalAsync(SessionAddress to, Signal signal) => _inner!.SignalAsync(to, signal);

    public ValueTask AckAsync(SessionAddress to, Ack ack) => _inner!.AckAsync(to, ack);

    public ValueTask JoinedAsync(SessionAddress to, RoomPeer peer) => JoinedFails ? throw Unreachable() : _inner!.JoinedAsync(to, peer);

    public ValueTask LeftAsync(SessionAddress to, string member, string reason) =>
        LeftFails ? throw Unreachable() : _inner!.LeftAsync(to, member, reason);

    public ValueTask<bool> RenewAsync(SessionAddress to, IReadOnlyList<RoomPeer> others) =>
        RenewFails ? throw Unreachable() : _inner!.RenewAsync(to, others);

    public ValueTask ReplacedAsync(SessionAddress to) => _inner!.ReplacedAsync(to);

    private static TimeoutException Unreachable() => new("The other node does not answer.");
}

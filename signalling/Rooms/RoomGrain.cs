using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Names;
using Causeway.Signalling.Options;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Rooms;

/// <inheritdoc/>
// Kept alive because its members are in memory: a quiet room is not empty. It deactivates after its last member has left.
[KeepAlive]
internal sealed class RoomGrain(
    ISessionRouter router, IOptionsMonitor<SignallingOptions> settings, TimeProvider time, ILogger<RoomGrain> log) : Grain, IRoomGrain
{
    /// <summary>The interval at which a room asks for its members' sessions.</summary>
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(10);

    /// <summary>How long a member stays whose session cannot be reached. One whose session has ended is removed at once.</summary>
    public static readonly TimeSpan Lease = 3 * RenewalInterval;

    // How long an activation without members stays.
    private static readonly TimeSpan EmptyFor = TimeSpan.FromSeconds(1);

    // In the order of joining.
    private readonly List<Member> _members = [];
    private ITimer? _renewal;
    private IGrainTimer? _ending;

    /// <inheritdoc/>
    public async Task<RoomJoined?> JoinAsync(NewMember member)
    {
        var replaced = _members.Where(other => member.TakesThePlaceOf(other.Who)).ToList();
        var others = _members.Where(other => other.Who.Address != member.Address).Except(replaced).ToList();
        if (others.Count >= settings.CurrentValue.Limits.RoomMembers) return null;

        _renewal ??= StartRenewals();
        var joined = _members.Find(earlier => earlier.Who.Address == member.Address)?.Who;
        if (joined is null)
        {
            // The later member is polite: the earlier one has more calls to keep undisturbed.
            var name = member.Name.Length > 0 ? member.Name : MemberName.OfGuest(others.Select(other => other.Who.Name));
            joined = member with { Name = name };
            _members.Add(new(joined) { RenewedAt = time.GetTimestamp() });
            foreach (var other in others) await router.JoinedAsync(other.Who.Address, Seen(joined, Role.Impolite));
        }

        // After the others know the new member, so that a page that knows the client keeps its connection instead of closing it.
        foreach (var ghost in replaced)
        {
            await RemoveAsync(ghost, "replaced");
            await TryAsync(ghost, address => router.ReplacedAsync(address));
        }

        return new(joined.Name, [.. others.Select(other => Seen(other.Who, Role.Polite))]);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(string member, string reason)
    {
        if (_members.Find(other => other.Who.Address.Member == member) is { } gone) await RemoveAsync(gone, reason);
        EndIfEmpty();
    }

    /// <inheritdoc/>
    public async Task RenewAsync()
    {
        foreach (var member in _members.ToList())
        {
            var there = false;
            var asked = await TryAsync(member, async address => there = await router.RenewAsync(address, OthersOf(member)));
            if (asked && there) member.RenewedAt = time.GetTimestamp();
            else if (asked || time.GetElapsedTime(member.RenewedAt) >= Lease) await RemoveAsync(member, "lost");
        }

        EndIfEmpty();
    }

    /// <inheritdoc/>
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _renewal?.Dispose();
        return base.OnDeactivateAsync(reason, cancellationToken);
    }

    private async Task RemoveAsync(Member member, string reason)
    {
        _members.Remove(member);
        // A session that cannot be reached now learns it at the next renewal.
        foreach (var other in _members) await TryAsync(other, address => router.LeftAsync(address, member.Who.Address.Member, reason));
    }

    private async Task<bool> TryAsync(Member member, Func<SessionAddress, ValueTask> tell)
    {
        try
        {
            await tell(member.Who.Address);
            return true;
        }
        catch (Exception failure)
        {
            log.MemberNotReached(member.Who.Address.Member, failure);
            return false;
        }
    }

    // As the renewed member sees them: it is polite to those that joined earlier.
    private List<RoomPeer> OthersOf(Member member)
    {
        var own = _members.IndexOf(member);
        return [.. _members.Where(other => other != member)
            .Select((other, index) => Seen(other.Who, index < own ? Role.Polite : Role.Impolite))];
    }

    private static RoomPeer Seen(NewMember member, Role role) => new(member.Address, member.Name, role, member.Client);

    private ITimer StartRenewals()
    {
        // A call to the grain itself, so that it takes turns with others.
        var self = this.AsReference<IRoomGrain>();
        var last = Task.CompletedTask;
        return time.CreateTimer(
            _ =>
            {
                // One at a time, however long it takes.
                if (last.IsCompleted) (last = self.RenewAsync()).Ignore();
            },
            null, RenewalInterval, RenewalInterval);
    }

    // Calls that arrive while a room deactivates are forwarded to the next activation, at most twice. An activation that only a late leave
    // or renewal created waits a moment: if each deactivated at once, a join that arrived with them would be forwarded until it is
    // rejected.
    private void EndIfEmpty()
    {
        if (_members.Count > 0) return;
        if (_renewal is not null) DeactivateOnIdle();
        else
        {
            _ending ??= this.RegisterGrainTimer(
                () =>
                {
                    if (_members.Count == 0) DeactivateOnIdle();
                    return Task.CompletedTask;
                },
                new GrainTimerCreationOptions(EmptyFor, Timeout.InfiniteTimeSpan));
        }
    }

    private sealed class Member(NewMember who)
    {
        public NewMember Who => who;

        public long RenewedAt { get; set; }
    }
}

using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Names;
using Causeway.Signalling.Options;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Rooms;

/// <inheritdoc/>
// Kept alive because its members live in memory: a quiet room is not an empty one. It goes when its last member does.
[KeepAlive]
internal sealed class RoomGrain(
    ISessionRouter router, IOptionsMonitor<SignallingOptions> settings, TimeProvider time, ILogger<RoomGrain> log) : Grain, IRoomGrain
{
    /// <summary>How often the room asks for the sessions of its members.</summary>
    public static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(10);

    /// <summary>How long a member stays whose session cannot be asked for. One that is known to be gone goes at once.</summary>
    public static readonly TimeSpan Lease = 3 * RenewalInterval;

    // How long an activation that nobody joined stays.
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
            // The later one is polite: whoever was there first has more calls to keep undisturbed.
            joined = member with { Name = member.Name.Length > 0 ? member.Name : MemberName.OfGuest(others.Select(other => other.Who.Name)) };
            _members.Add(new(joined) { RenewedAt = time.GetTimestamp() });
            foreach (var other in others) await router.JoinedAsync(other.Who.Address, Seen(joined, Role.Impolite));
        }

        // After the newcomer was told, so that a page that knows the client hands its connection over instead of closing it.
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
        // One that cannot be told now hears of it by the next renewal.
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

    // As the renewed member sees them: it is polite to those before it.
    private List<RoomPeer> OthersOf(Member member)
    {
        var own = _members.IndexOf(member);
        return [.. _members.Where(other => other != member)
            .Select((other, index) => Seen(other.Who, index < own ? Role.Polite : Role.Impolite))];
    }

    private static RoomPeer Seen(NewMember member, Role role) => new(member.Address, member.Name, role, member.Client);

    private ITimer StartRenewals()
    {
        // By a call of the grain's own, so that it takes turns with the others.
        var self = this.AsReference<IRoomGrain>();
        var last = Task.CompletedTask;
        return time.CreateTimer(
            _ =>
            {
                // One at a time, however long the asking takes.
                if (last.IsCompleted) (last = self.RenewAsync()).Ignore();
            },
            null, RenewalInterval, RenewalInterval);
    }

    // What comes while a room ends is forwarded to the next activation, twice at most. One that only a late goodbye or renewal made waits a moment:
    // ended at once, each further one would forward a join that came with them, until it is rejected.
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

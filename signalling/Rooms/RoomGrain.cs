using Causeway.Signalling.Names;
using Causeway.Signalling.Sessions;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Rooms;

/// <inheritdoc/>
// Kept alive because its members live in memory: a quiet room is not an empty one. It goes when its last member does.
[KeepAlive]
internal sealed class RoomGrain(ISessionRouter router, IOptions<SignallingOptions> options) : Grain, IRoomGrain
{
    // In the order of joining.
    private readonly List<NewMember> _members = [];

    /// <inheritdoc/>
    public async Task<RoomJoined?> JoinAsync(NewMember member)
    {
        var others = _members.Where(other => other.Address.Member != member.Address.Member).ToList();
        if (others.Count >= options.Value.Limits.RoomMembers) return null;

        var name = _members.Find(earlier => earlier.Address.Member == member.Address.Member)?.Name
            ?? (member.Name.Length > 0 ? member.Name : MemberName.OfGuest(others.Select(other => other.Name)));

        // The later one is polite: whoever was there first has more calls to keep undisturbed.
        if (others.Count == _members.Count)
        {
            _members.Add(member with { Name = name });
            foreach (var other in others)
                await router.JoinedAsync(other.Address, new(member.Address, name, Role.Impolite));
        }

        return new(name, [.. others.Select(other => new RoomPeer(other.Address, other.Name, Role.Polite))]);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(string member, string reason)
    {
        if (_members.RemoveAll(other => other.Address.Member == member) > 0)
        {
            foreach (var other in _members)
                await router.LeftAsync(other.Address, member, reason);
        }

        if (_members.Count == 0) DeactivateOnIdle();
    }
}

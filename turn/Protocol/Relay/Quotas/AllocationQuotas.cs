using System.Runtime.InteropServices;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Quotas;

/// <summary>The user and network that a relayed transport address counts to.</summary>
/// <param name="Subject">The subject of the credential.</param>
/// <param name="Address">The client's address, or its address when it reserved the port.</param>
/// <param name="IsProbe">Whether it is one of <see cref="ProbeClients"/>, which don't count.</param>
internal readonly record struct Holder(string Subject, IpAddress Address, bool IsProbe = false);

/// <summary>
/// Counts relayed transport addresses, reserved ones included: of the relay, of each subject, and of each client network
/// (<see cref="ClientNetwork"/>), because one user can have many subjects. Thread-safe; used when an allocation is created or ends.
/// </summary>
internal sealed class AllocationQuotas(RelayQuotas bounds)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Account, int> _taken = [];
    private RelayQuotas _bounds = bounds;
    private int _all;

    /// <summary>The number of relayed addresses, a moment old.</summary>
    internal int Taken => Volatile.Read(ref _all);

    /// <summary>The bounds. Lowering them ends no allocation.</summary>
    internal RelayQuotas Bounds
    {
        get => Volatile.Read(ref _bounds);
        set => Volatile.Write(ref _bounds, value);
    }

    /// <summary>The number of accounts that have any.</summary>
    internal int Accounts
    {
        get
        {
            lock (_lock) return _taken.Count;
        }
    }

    /// <summary>Takes <paramref name="count"/> relayed addresses, or none.</summary>
    /// <returns>0 when they were taken, else the error to answer.</returns>
    internal StunErrorCode Take(in Holder holder, int count)
    {
        if (holder.IsProbe) return 0;
        lock (_lock)
        {
            foreach (var (account, bound, error) in Of(holder, Bounds))
            {
                if (_taken.GetValueOrDefault(account) + count > bound) return error;
            }

            Add(holder, count);
            return 0;
        }
    }

    /// <summary>Returns relayed addresses.</summary>
    internal void Return(in Holder holder, int count = 1)
    {
        if (count == 0 || holder.IsProbe) return;
        lock (_lock) Add(holder, -count);
    }

    /// <summary>The quotas that a holder's allocations count to, a line each: the account, its bound, and the error beyond it.</summary>
    private static IEnumerable<(Account Account, int Bound, StunErrorCode Error)> Of(Holder holder, RelayQuotas bounds)
    {
        yield return (new(holder.Subject, default), bounds.AllocationsPerSubject, StunErrorCode.AllocationQuotaReached);
        foreach (var network in ClientNetwork.Of(holder.Address))
            yield return (new(null, network), network.Share(bounds.AllocationsPerAddress), StunErrorCode.AllocationQuotaReached);
        yield return (default, bounds.Allocations, StunErrorCode.InsufficientCapacity);
    }

    private void Add(in Holder holder, int count)
    {
        _all += count;
        foreach (var (account, _, _) in Of(holder, Bounds))
        {
            ref var taken = ref CollectionsMarshal.GetValueRefOrAddDefault(_taken, account, out _);
            taken += count;
            if (taken == 0) _taken.Remove(account);
        }
    }

    /// <summary>A subject's account, a network's, or without both the relay's.</summary>
    private readonly record struct Account(string? Subject, ClientNetwork Network);
}

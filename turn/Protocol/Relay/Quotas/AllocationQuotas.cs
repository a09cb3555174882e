using System.Runtime.InteropServices;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Quotas;

/// <summary>To whom a relayed transport address counts.</summary>
/// <param name="Subject">The subject of the credential.</param>
/// <param name="Address">Where the client is, or was when it reserved the port.</param>
/// <param name="IsProbe">Whether it is one of <see cref="ProbeClients"/>, and counts to nobody.</param>
internal readonly record struct Holder(string Subject, IpAddress Address, bool IsProbe = false);

/// <summary>
/// How many relayed transport addresses there are, reserved ones among them: of all, of each subject, and of each network that clients
/// are in
/// (<see cref="ClientNetwork"/>), because fresh subjects cost a stranger nothing. A dual allocation has two. Thread-safe; touched when
/// one begins or ends.
/// </summary>
internal sealed class AllocationQuotas(QuotaLimits limits)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _bySubject = [];
    private readonly Dictionary<ClientNetwork, int> _byNetwork = [];
    private QuotaLimits _limits = limits;
    private int _all;

    /// <summary>All of them; a moment old.</summary>
    internal int Taken => Volatile.Read(ref _all);

    /// <summary>The bounds. What is there stays when they are lowered.</summary>
    internal QuotaLimits Limits
    {
        get => Volatile.Read(ref _limits);
        set => Volatile.Write(ref _limits, value);
    }

    /// <summary>The numbers of subjects and networks that have any; a moment old.</summary>
    internal (int Subjects, int Networks) Holders
    {
        get
        {
            lock (_lock) return (_bySubject.Count, _byNetwork.Count);
        }
    }

    /// <summary>Takes <paramref name="count"/> at once, or none.</summary>
    /// <returns>0 when they were taken, else the error to answer.</returns>
    internal StunErrorCode Take(in Holder holder, int count)
    {
        if (holder.IsProbe) return 0;
        lock (_lock)
        {
            if (_bySubject.GetValueOrDefault(holder.Subject) + count > _limits.PerSubject) return StunErrorCode.AllocationQuotaReached;
            foreach (var network in ClientNetwork.Of(holder.Address))
            {
                var share = network.Share(_limits.PerAddress);
                if (_byNetwork.GetValueOrDefault(network) + count > share) return StunErrorCode.AllocationQuotaReached;
            }

            if (_all + count > _limits.All) return StunErrorCode.InsufficientCapacity;
            Add(holder, count);
            return 0;
        }
    }

    /// <summary>Gives some back.</summary>
    internal void Return(in Holder holder, int count = 1)
    {
        if (count == 0 || holder.IsProbe) return;
        lock (_lock) Add(holder, -count);
    }

    private void Add(in Holder holder, int count)
    {
        _all += count;
        Add(_bySubject, holder.Subject, count);
        foreach (var network in ClientNetwork.Of(holder.Address)) Add(_byNetwork, network, count);
    }

    private static void Add<T>(Dictionary<T, int> counts, T key, int count) where T : notnull
    {
        ref var held = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, key, out _);
        held += count;
        if (held == 0) counts.Remove(key);
    }
}

/// <summary>Bounds on relayed transport addresses.</summary>
/// <param name="All">Of the whole relay.</param>
/// <param name="PerSubject">Of one subject.</param>
/// <param name="PerAddress">Of one IPv4 address, or one IPv6 network of 64 bits; larger networks have a multiple.</param>
internal sealed record QuotaLimits(int All, int PerSubject, int PerAddress)
{
    internal static QuotaLimits Of(RelaySettings settings) => new(settings.MaxAllocations, settings.MaxAllocationsPerSubject, settings.MaxAllocationsPerAddress);
}

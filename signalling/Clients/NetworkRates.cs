using System.Security.Cryptography;
using Causeway.Signalling.Options;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Clients;

/// <summary>
/// The rate of joins of each network, <see cref="SignallingLimitOptions.JoinsPerAddress"/> a minute on average and as many at once. Memory
/// is fixed: a network uses one of 16,384 buckets by a secret hash, so two may share one, and a client cannot choose which.
/// </summary>
internal sealed class NetworkRates(IOptionsMonitor<SignallingOptions> settings, TimeProvider time)
{
    private const int Buckets = 16_384;

    private readonly Lock _gate = new();
    // What was used of each bucket, in shares of the limit, and when that was written. A reload keeps the shares.
    private readonly (double Used, long At)[] _buckets = new (double, long)[Buckets];
    private readonly int _seed = RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>Counts a join in each network of a client.</summary>
    /// <returns>False if one of the networks is at its limit; nothing was counted then.</returns>
    public bool TryTake(ReadOnlySpan<ClientNetwork> networks)
    {
        var (now, perMinute) = (time.GetTimestamp(), settings.CurrentValue.Limits.JoinsPerAddress);
        lock (_gate)
        {
            foreach (var network in networks)
                if (Used(network, now) + Share(network, perMinute) > 1 + 1e-9)
                    return false;
            foreach (var network in networks) _buckets[Index(network)] = (Used(network, now) + Share(network, perMinute), now);
            return true;
        }
    }

    private static double Share(ClientNetwork network, int perMinute) => 1.0 / ((double)perMinute * network.Multiple);

    private double Used(ClientNetwork network, long now)
    {
        var (used, at) = _buckets[Index(network)];
        return Math.Max(0, used - time.GetElapsedTime(at, now).TotalMinutes);
    }

    private int Index(ClientNetwork network) => (int)((uint)HashCode.Combine(_seed, network) % Buckets);
}

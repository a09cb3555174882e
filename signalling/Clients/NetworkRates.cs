using System.Security.Cryptography;
using Causeway.Turn.Protocol;

namespace Causeway.Signalling.Clients;

/// <summary>
/// How often the clients of each network do something: so many times a minute on average, as many at once. Its memory is fixed: a network has one of 16,384
/// buckets by a hash that nobody else knows, so two may share one now and then, and nobody can choose with whom.
/// </summary>
/// <param name="perMinute">How often, for one IPv4 address or IPv6 /64; twice as often for a /56, four times for a /48.</param>
/// <param name="time">The clock.</param>
internal sealed class NetworkRates(int perMinute, TimeProvider time)
{
    private const int Buckets = 16_384;

    private volatile int _perMinute = perMinute;

    private readonly Lock _gate = new();
    // What was used of each bucket, in shares of the bound, and when that was written.
    private readonly (double Used, long At)[] _buckets = new (double, long)[Buckets];
    private readonly int _seed = RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>Sets another bound; what was used of the one before stays used, as a share.</summary>
    public void SetBound(int read) => _perMinute = read;

    /// <summary>Counts once more for each network of a client.</summary>
    /// <returns>False when one of them has no more for now; then nothing was counted.</returns>
    public bool TryTake(ReadOnlySpan<ClientNetwork> networks)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            foreach (var network in networks)
                if (Used(network, now) + Share(network) > 1 + 1e-9)
                    return false;
            foreach (var network in networks) _buckets[Index(network)] = (Used(network, now) + Share(network), now);
            return true;
        }
    }

    private double Share(ClientNetwork network) => 1.0 / ((double)_perMinute * network.Multiple);

    private double Used(ClientNetwork network, long now)
    {
        var (used, at) = _buckets[Index(network)];
        return Math.Max(0, used - time.GetElapsedTime(at, now).TotalMinutes);
    }

    private int Index(ClientNetwork network) => (int)((uint)HashCode.Combine(_seed, network) % Buckets);
}

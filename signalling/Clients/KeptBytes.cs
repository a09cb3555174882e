using System.Net;
using Causeway.Signalling.Options;
using Causeway.Turn.Protocol;

namespace Causeway.Signalling.Clients;

/// <summary>
/// The bytes that this process keeps for its clients: signals that wait for acknowledgement, messages that wait for a slow reader, large messages that are
/// not whole yet. No more than the bounds, together and for the clients of one address: who does not read or acknowledge fills his own share.
/// </summary>
/// <param name="limits">The bounds.</param>
internal sealed class KeptBytes(SignallingLimitOptions limits)
{
    private readonly Lock _gate = new();
    private readonly NetworkAmounts _perNetwork = new(limits.KeptBytesPerAddress);
    private long _all;

    /// <summary>How many bytes are kept.</summary>
    public long Count => Volatile.Read(ref _all);

    /// <summary>The share that the clients of an address have.</summary>
    /// <param name="address">Where the client is; null when that is not known.</param>
    public Share Of(IPAddress? address) => new(this, ClientNetworks.Of(address));

    /// <summary>What is kept for the clients of one address.</summary>
    public sealed class Share
    {
        private readonly KeptBytes _kept;
        private readonly ClientNetwork[] _networks;

        internal Share(KeptBytes kept, ClientNetwork[] networks) => (_kept, _networks) = (kept, networks);

        /// <summary>The networks of the client.</summary>
        public ReadOnlySpan<ClientNetwork> Networks => _networks;

        /// <summary>Counts bytes that are about to be kept.</summary>
        /// <returns>False when there is no room for them; then nothing was counted.</returns>
        public bool TryTake(int bytes)
        {
            lock (_kept._gate)
            {
                if (_kept._all + bytes > _kept.All || _kept._perNetwork.Full(_networks, bytes) is not null) return false;
                _kept._all += bytes;
                _kept._perNetwork.Add(_networks, bytes);
                return true;
            }
        }

        /// <summary>Counts bytes that are not kept any more.</summary>
        public void Give(int bytes)
        {
            if (bytes == 0) return;
            lock (_kept._gate)
            {
                _kept._all -= bytes;
                _kept._perNetwork.Remove(_networks, bytes);
            }
        }
    }

    /// <summary>Sets other bounds; what is kept stays.</summary>
    public void SetBounds(SignallingLimitOptions read)
    {
        lock (_gate) (All, _perNetwork.PerAddress) = (read.KeptBytes, read.KeptBytesPerAddress);
    }

    private long All { get; set; } = limits.KeptBytes;
}

using System.Net;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Clients;

/// <summary>
/// The bytes that this process keeps for its clients: signals waiting for acknowledgement, messages waiting for a slow reader, large
/// messages that are still incomplete. They are limited in total and for each address: a client that does not read or acknowledge fills its
/// own share.
/// </summary>
internal sealed class KeptBytes
{
    private readonly Lock _gate = new();
    private readonly IOptionsMonitor<SignallingOptions> _settings;
    private readonly NetworkAmounts _perNetwork;
    private long _all;

    public KeptBytes(IOptionsMonitor<SignallingOptions> settings, SignallingMetrics metrics)
    {
        _settings = settings;
        _perNetwork = new(() => settings.CurrentValue.Limits.KeptBytesPerAddress);
        metrics.AddGauge("causeway.signalling.kept", () => Count, "By", "Bytes of messages kept for clients");
    }

    /// <summary>Gets the number of bytes kept.</summary>
    public long Count => Volatile.Read(ref _all);

    /// <summary>Gets the share of the clients of an address.</summary>
    /// <param name="address">The client's address; null if unknown.</param>
    public Share Of(IPAddress? address) => new(this, ClientNetworks.Of(address));

    /// <summary>What is kept for the clients of one address.</summary>
    public sealed class Share
    {
        private readonly KeptBytes _kept;
        private readonly ClientNetwork[] _networks;

        internal Share(KeptBytes kept, ClientNetwork[] networks) => (_kept, _networks) = (kept, networks);

        /// <summary>Gets the client's networks.</summary>
        public ReadOnlySpan<ClientNetwork> Networks => _networks;

        /// <summary>Counts bytes that are about to be kept.</summary>
        /// <returns>False if they do not fit; nothing was counted then.</returns>
        public bool TryTake(int bytes)
        {
            lock (_kept._gate)
            {
                if (_kept._all + bytes > _kept._settings.CurrentValue.Limits.KeptBytes) return false;
                if (_kept._perNetwork.Full(_networks, bytes) is not null) return false;
                _kept._all += bytes;
                _kept._perNetwork.Add(_networks, bytes);
                return true;
            }
        }

        /// <summary>Gives back bytes that are no longer kept.</summary>
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
}

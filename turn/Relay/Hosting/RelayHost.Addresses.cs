using Causeway.Relay.Diagnostics;
using Causeway.Relay.Machine;
using Causeway.Turn.Engines;
using Causeway.Turn.Protocol;

namespace Causeway.Relay.Hosting;

/// <summary>Follows the addresses of the relay's host.</summary>
public sealed partial class RelayHost
{
    // Denied as peers before the relay listens there: otherwise a client could reach other services on them in between.
    private void OnAddresses(IReadOnlyList<IpAddress> addresses)
    {
        _shared.SetHostAddresses(addresses);
        _engine.HandleAddresses(addresses);
        if (_configuration.Addresses.Count == 0) FollowRelayed(addresses);
    }

    // Configured addresses stay. Detected ones are detected again when they disappear, or were only loopback.
    private void FollowRelayed(IReadOnlyList<IpAddress> addresses)
    {
        foreach (var found in RelayAddresses.Find(_configuration.Listeners))
        {
            var served = Addresses.FirstOrDefault(address => address.Family == found.Family);
            if (served == found || (addresses.Contains(served.Local) && !HostAddresses.IsLoopback(served.Local))) continue;
            _shared.Serve(found);
            _logger.Relaying(found.Local, found.Public, _configuration.FirstPort, _configuration.LastPort);
        }
    }
}

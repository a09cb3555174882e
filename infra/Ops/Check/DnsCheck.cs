using System.Net;
using System.Net.Sockets;

namespace Causeway.Ops.Check;

/// <summary>Resolves a name to all of its addresses, IPv4 and IPv6.</summary>
internal static class DnsCheck
{
    public static async Task<(CheckResult Result, IReadOnlyList<IPAddress> Addresses)> RunAsync(
        CheckResult row, string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal)) return (row.Pass("a literal address"), [literal]);
        try
        {
            var addresses = (await Dns.GetHostAddressesAsync(host, cancellation)).Distinct().ToList();
            return (row.Pass(string.Join(", ", addresses)), addresses);
        }
        catch (SocketException failure)
        {
            return (row.Fail(failure.Message, failure.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData => new(
                    $"{host} has no A or AAAA record",
                    "check the spelling; the records of a new stack take some minutes, and resolvers cache that there were none"),
                _ => new("this machine's resolver doesn't answer", "check this machine's network and /etc/resolv.conf"),
            }), []);
        }
    }
}

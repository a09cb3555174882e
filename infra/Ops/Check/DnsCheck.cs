using System.Net;
using System.Net.Sockets;

namespace Causeway.Ops.Check;

/// <summary>Resolves a name to all of its addresses, IPv4 and IPv6.</summary>
internal static class DnsCheck
{
    public static async Task<(CheckResult Result, IReadOnlyList<IPAddress> Addresses)> RunAsync(CheckResult row, string host, CancellationToken cancellation)
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
                SocketError.HostNotFound or SocketError.NoData =>
                    new($"no A or AAAA record for {host} is known", "check the spelling; if the stack is new, its records may take minutes to be seen, and resolvers remember for a while that there were none"),
                _ => new("the resolver of this machine does not answer", "check this machine's network and /etc/resolv.conf"),
            }), []);
        }
    }
}

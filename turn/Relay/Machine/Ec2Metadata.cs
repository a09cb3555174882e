using System.Net;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Machine;

/// <summary>
/// The addresses of an EC2 instance from its metadata service, version 2: a session token first, then each interface with its private IPv4 addresses, the
/// public ones that are mapped to them, and its IPv6 addresses.
/// </summary>
internal sealed class Ec2Metadata(Uri service, TimeSpan timeout)
{
    /// <summary>Where the service is on every instance.</summary>
    public static Uri Default { get; } = new("http://169.254.169.254/");

    private const string Interfaces = "latest/meta-data/network/interfaces/macs/";

    /// <summary>Whether this machine says that it is an EC2 instance; no other is asked, because the address may be anybody's there.</summary>
    public static bool IsThere() => Says("/sys/devices/virtual/dmi/id/sys_vendor", "Amazon EC2") || Says("/sys/hypervisor/uuid", "ec2");

    /// <summary>The first address of each family that serves the Internet.</summary>
    /// <exception cref="HttpRequestException">The service does not answer as documented.</exception>
    public async Task<IReadOnlyList<RelayAddress>> AddressesAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = service, Timeout = timeout };
        using (var request = new HttpRequestMessage(HttpMethod.Put, "latest/api/token"))
        {
            request.Headers.Add("X-aws-ec2-metadata-token-ttl-seconds", "60");
            using var response = await http.SendAsync(request, cancellation);
            response.EnsureSuccessStatusCode();
            http.DefaultRequestHeaders.Add("X-aws-ec2-metadata-token", await response.Content.ReadAsStringAsync(cancellation));
        }

        RelayAddress? ipv4 = null, ipv6 = null;
        foreach (var mac in Lines(await GetAsync(http, Interfaces, cancellation)))
        {
            var local = Lines(await GetAsync(http, $"{Interfaces}{mac}local-ipv4s", cancellation)).Select(IpAddress.Parse).ToArray();
            foreach (var mapped in Lines(await GetAsync(http, $"{Interfaces}{mac}public-ipv4s", cancellation)).Select(IpAddress.Parse))
            {
                // "ipv4-associations/<public>" holds the private address behind it.
                var behind = Lines(await GetAsync(http, $"{Interfaces}{mac}ipv4-associations/{mapped}", cancellation)).Select(IpAddress.Parse).FirstOrDefault();
                if (behind.Family == IpFamily.IPv4) ipv4 ??= new(behind, mapped);
            }

            if (local.Length > 0) ipv4 ??= new(local[0], local[0]);
            if (Lines(await GetAsync(http, $"{Interfaces}{mac}ipv6s", cancellation)).Select(IpAddress.Parse).FirstOrDefault() is { Family: IpFamily.IPv6 } own) ipv6 ??= new(own, own);
        }

        return [.. new[] { ipv4, ipv6 }.OfType<RelayAddress>()];
    }

    // What an interface does not have is not found; anything else is a failure.
    private static async Task<string> GetAsync(HttpClient http, string path, CancellationToken cancellation)
    {
        using var response = await http.GetAsync(path, cancellation);
        if (response.StatusCode == HttpStatusCode.NotFound) return "";
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool Says(string file, string start)
    {
        try
        {
            return File.Exists(file) && File.ReadAllText(file).StartsWith(start, StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

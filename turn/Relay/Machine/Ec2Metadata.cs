using System.Net;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Machine;

/// <summary>
/// The addresses of an EC2 instance from its metadata service, version 2: a session token first, then each interface with its private IPv4
/// addresses, the public ones that are mapped to them, and its IPv6 addresses.
/// </summary>
internal sealed class Ec2Metadata(Uri service, TimeSpan timeout)
{
    /// <summary>The service's address on every instance.</summary>
    public static Uri Default { get; } = new("http://169.254.169.254/");

    private const string Interfaces = "latest/meta-data/network/interfaces/macs/";

    /// <summary>Whether this machine is an EC2 instance; on other machines the address may belong to anyone.</summary>
    public static bool IsThere() =>
        Contains("/sys/devices/virtual/dmi/id/sys_vendor", "Amazon EC2") || Contains("/sys/hypervisor/uuid", "ec2");

    /// <summary>The first Internet address of each family.</summary>
    /// <exception cref="HttpRequestException">The service doesn't answer as documented.</exception>
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
            var local = await AddressesOfAsync($"{mac}local-ipv4s");
            foreach (var mapped in await AddressesOfAsync($"{mac}public-ipv4s"))
            {
                // "ipv4-associations/<public>" contains the private address.
                var behind = (await AddressesOfAsync($"{mac}ipv4-associations/{mapped}")).FirstOrDefault();
                if (behind.Family == IpFamily.IPv4) ipv4 ??= new(behind, mapped);
            }

            if (local.Length > 0) ipv4 ??= new(local[0], local[0]);
            if ((await AddressesOfAsync($"{mac}ipv6s")).FirstOrDefault() is { Family: IpFamily.IPv6 } own) ipv6 ??= new(own, own);
        }

        return [.. new[] { ipv4, ipv6 }.OfType<RelayAddress>()];

        async Task<IpAddress[]> AddressesOfAsync(string path) =>
            [.. Lines(await GetAsync(http, Interfaces + path, cancellation)).Select(IpAddress.Parse)];
    }

    // 404 means that an interface doesn't have it; anything else is a failure.
    private static async Task<string> GetAsync(HttpClient http, string path, CancellationToken cancellation)
    {
        using var response = await http.GetAsync(path, cancellation);
        if (response.StatusCode == HttpStatusCode.NotFound) return "";
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool Contains(string file, string start)
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

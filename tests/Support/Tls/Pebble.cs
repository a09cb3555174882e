using System.Text.Json;

namespace Causeway.Tests.Support.Tls;

/// <summary>How Debian's pebble is run, an authority that speaks ACME (RFC 8555).</summary>
public static class Pebble
{
    /// <summary>The line that it prints when it answers.</summary>
    public const string Ready = "ACME directory available";

    /// <summary>Its waits and its random refusals are for testing clients, which their authors do.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Environment =
        new Dictionary<string, string?> { ["PEBBLE_VA_NOSLEEP"] = "1", ["PEBBLE_WFE_NONCEREJECT"] = "0" };

    /// <summary>Writes its settings and returns its arguments.</summary>
    /// <param name="file">The file for its settings.</param>
    /// <param name="listen">Its address and port.</param>
    /// <param name="management">The address and port of its management.</param>
    /// <param name="tls">The files of the certificate and the key of its own TLS.</param>
    /// <param name="dns">The address and port of the name server that it asks.</param>
    /// <param name="lifetime">How long the certificates that it issues last.</param>
    /// <param name="refused">The names that it issues no certificate for.</param>
    public static IReadOnlyList<string> Arguments(
        string file, string listen, string management, (string Certificate, string Key) tls, string dns, TimeSpan lifetime,
        params IReadOnlyList<string> refused)
    {
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            pebble = new
            {
                listenAddress = listen,
                managementListenAddress = management,
                certificate = tls.Certificate,
                privateKey = tls.Key,
                // It looks names up and never connects to hosts: only the DNS challenge is used.
                httpPort = 80,
                tlsPort = 443,
                domainBlocklist = refused,
                certificateValidityPeriod = (long)lifetime.TotalSeconds,
            },
        }));
        return ["-strict", "-config", file, "-dnsserver", dns];
    }

    /// <summary>How many certificates were ordered, by its log.</summary>
    public static int Orders(string log) => Count(log, "POST /order-plz");

    /// <summary>How many requests it got, by its log.</summary>
    public static int Requests(string log) => Count(log, "calling handler()");

    private static int Count(string log, string text) => log.Split(text).Length - 1;
}

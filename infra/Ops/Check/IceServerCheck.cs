using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Ops.Check;

/// <summary>Does with one ICE URL, at one address of its host, what a browser does: asks a STUN server for its address, relays through a TURN server.</summary>
internal static class IceServerCheck
{
    // Given up after 5.5 s: a person waits, and a browser does not wait longer for a first candidate either.
    private static readonly Retransmission Patience = new() { Count = 4, LastFactor = 4 };

    public static async Task<CheckResult> RunAsync(CheckResult row, IceUrl url, IceServer server, IPAddress address, Trust trust, CancellationToken cancellation)
    {
        TurnClientOptions Configure(TurnClientOptions options) =>
            options with { Retransmission = Patience, ConnectTimeout = Patience.Timeout, CertificateValidation = trust.Callback };
        try
        {
            if (!url.Relays) return await BindAsync(row, Configure(new() { Server = TransportAddress.From(new(address, url.Port)) }), cancellation);

            var result = await RelayProbe.RunAsync(url, address, new Credentials(server.Username ?? "", server.Credential ?? ""), Configure, cancellation);
            return row.Pass(string.Create(CultureInfo.InvariantCulture, $"{result.BytesRelayed} bytes relayed, by {result.Relayed}"), result.RoundTrip) with { BytesRelayed = result.BytesRelayed };
        }
        catch (TurnException failure) when (IsMissingFamily(failure, address))
        {
            return row.Skip("this machine has no route over IPv6");
        }
        catch (TurnException failure)
        {
            return row.Fail(failure.Message, Diagnoses.Turn(failure, url));
        }
        catch (NotSupportedException)
        {
            return row.Skip($"this version does not speak TURN over {url.Transport.ToString().ToUpperInvariant()} yet");
        }
    }

    private static async Task<CheckResult> BindAsync(CheckResult row, TurnClientOptions options, CancellationToken cancellation)
    {
        await using var client = await TurnClient.ConnectAsync(options, cancellation);
        var start = Stopwatch.GetTimestamp();
        var mapped = await client.BindingAsync(cancellation);
        return row.Pass($"seen as {mapped}", Stopwatch.GetElapsedTime(start));
    }

    private static bool IsMissingFamily(TurnException failure, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6
        && failure.InnerException is SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.AddressFamilyNotSupported };
}

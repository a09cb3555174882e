using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Ops.Check;

/// <summary>Uses one ICE URL, at one address of its host, as a browser does: STUN Binding, or relaying through TURN.</summary>
internal static class IceServerCheck
{
    // 5.5 s in all: a person waits, and browsers wait no longer for a first candidate.
    private static readonly Retransmission Patience = new() { Count = 4, LastFactor = 4 };

    public static async Task<CheckResult> RunAsync(
        CheckResult row, IceUrl url, IceServer server, IPAddress address, Trust trust, CancellationToken cancellation)
    {
        TurnClientOptions Configure(TurnClientOptions options) =>
            options with { Retransmission = Patience, ConnectTimeout = Patience.Timeout, CertificateValidation = trust.Callback };
        try
        {
            if (!url.Relays)
                return await BindAsync(row, Configure(new() { Server = TransportAddress.From(new(address, url.Port)) }), cancellation);

            var credentials = new Credentials(server.Username ?? "", server.Credential ?? "");
            var result = await RelayProbe.RunAsync(url, address, credentials, Configure, cancellation);
            var detail = string.Create(CultureInfo.InvariantCulture, $"{result.BytesRelayed} bytes relayed, by {result.Relayed}");
            return row.Pass(detail, result.RoundTrip) with { BytesRelayed = result.BytesRelayed };
        }
        catch (TurnException failure) when (IsMissingFamily(failure, address))
        {
            return row.Skip("this machine has no IPv6 route");
        }
        catch (TurnException failure)
        {
            return row.Fail(failure.Message, Diagnoses.Turn(failure, url));
        }
        catch (NotSupportedException)
        {
            return row.Skip($"TURN over {url.Transport.ToString().ToUpperInvariant()} isn't supported");
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
        address.AddressFamily == AddressFamily.InterNetworkV6 && failure.InnerException is SocketException
        {
            SocketErrorCode: SocketError.NetworkUnreachable or SocketError.AddressFamilyNotSupported,
        };
}

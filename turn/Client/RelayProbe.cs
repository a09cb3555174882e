using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Client;

/// <summary>The result of a probe through a relay.</summary>
/// <param name="Relayed">The relayed transport address of the first allocation.</param>
/// <param name="BytesRelayed">Application data that arrived, in both directions together.</param>
/// <param name="RoundTrip">The shortest round trip from one client through the relay to the other and back.</param>
public sealed record RelayProbeResult(TransportAddress Relayed, long BytesRelayed, TimeSpan RoundTrip);

/// <summary>
/// Sends datagrams through a relay: two clients with an allocation each permit each other; one sends to the other's relayed address, which
/// sends everything back. Two browsers that only reach each other through the relay do the same.
/// </summary>
public static class RelayProbe
{
    private const int Rounds = 20;
    private const int Bytes = 1000;     // about the size of a video packet

    /// <summary>Relays datagrams over one transport.</summary>
    /// <param name="url">The TURN URL.</param>
    /// <param name="server">The server's address that the URL's host resolved to.</param>
    /// <param name="credentials">The TURN credential.</param>
    /// <param name="configure">Changes the clients' options, for example whom they trust over TLS; null changes nothing.</param>
    /// <param name="cancellation">Cancels the probe.</param>
    /// <exception cref="TurnException">The relay can't be reached, refuses, or doesn't relay.</exception>
    public static async Task<RelayProbeResult> RunAsync(
        IceUrl url,
        IPAddress server,
        Credentials credentials,
        Func<TurnClientOptions, TurnClientOptions>? configure,
        CancellationToken cancellation)
    {
        var options = Options(url, server, credentials);
        if (configure is not null) options = configure(options);

        await using var caller = await TurnClient.ConnectAsync(options, cancellation);
        await using var callee = await TurnClient.ConnectAsync(options, cancellation);
        var family = new AllocateOptions { Family = options.Server.Family };
        var from = (await caller.AllocateAsync(family, cancellation)).Relayed[0];
        try
        {
            var to = (await callee.AllocateAsync(family, cancellation)).Relayed[0];
            try
            {
                await caller.PermitAsync(to.Ip, cancellation);
                await callee.PermitAsync(from.Ip, cancellation);
                return await ExchangeAsync(caller, callee, from, to, cancellation);
            }
            finally
            {
                await callee.ReleaseAsync(cancellation);
            }
        }
        finally
        {
            // Otherwise the relay keeps the allocation until it expires.
            await caller.ReleaseAsync(cancellation);
        }
    }

    private static async Task<RelayProbeResult> ExchangeAsync(
        TurnClient caller, TurnClient callee, TransportAddress from, TransportAddress to, CancellationToken cancellation)
    {
        var payload = RandomNumberGenerator.GetBytes(Bytes);
        var (received, best) = (0L, TimeSpan.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            // A lost datagram isn't a failure of the relay; it is missing in the sum.
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(TimeSpan.FromSeconds(1));
            try
            {
                payload[0] = (byte)round;
                var start = Stopwatch.GetTimestamp();
                await caller.SendAsync(to, payload, cancellation);
                var there = await ReceiveAsync(callee, from, payload, patience.Token);
                await callee.SendAsync(from, there.Payload, cancellation);
                var back = await ReceiveAsync(caller, to, payload, patience.Token);
                var time = Stopwatch.GetElapsedTime(start);
                received += there.Payload.Length + back.Payload.Length;
                if (time < best) best = time;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // Three losses without a success: nothing gets through.
                if (received == 0 && round == 2)
                {
                    throw new TurnException(
                        TurnFailure.NotRelayed,
                        $"the relay allocated {from} and {to}, but nothing sent between them arrives; "
                        + "its relayed ports may be closed, or its public address wrong");
                }
            }
        }
        return new(from, received, best);
    }

    // Anyone may send to a relayed address from a permitted IP: only the sent payload counts.
    private static async Task<TurnDatagram> ReceiveAsync(
        TurnClient client, TransportAddress peer, byte[] payload, CancellationToken cancellation)
    {
        while (true)
        {
            var datagram = await client.ReceiveAsync(cancellation);
            if (datagram.Peer == peer && datagram.Payload.Span.SequenceEqual(payload)) return datagram;
        }
    }

    /// <summary>The options of a short-lived client of a TURN URL.</summary>
    public static TurnClientOptions Options(IceUrl url, IPAddress server, Credentials credentials) => new()
    {
        Server = TransportAddress.From(new(server, url.Port)),
        Transport = url.Transport,
        TlsHost = url.Host,
        Credentials = credentials,
        AutoRefresh = false,
    };
}

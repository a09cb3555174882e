using System.Net;
using System.Net.Sockets;
using System.Text;
using Causeway.Signalling.Tests.Service;

namespace Causeway.Signalling.Tests.Clients;

/// <summary>Strangers who open connections and ask for nothing, against the real service.</summary>
public class SilentConnectionTests
{
    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHost: local")]
    public async Task Any_number_of_silent_or_slow_connections_keeps_nobody_out_and_only_the_newest_stay(string begun)
    {
        await using var server = await TestServer.StartAsync(
            ("limits:idleConnections", "40"), ("limits:idleConnectionsPerAddress", "20"),
            ("limits:idleTimeout", "00:05:00"), ("limits:sessions", "10"));
        using var ann = await server.JoinAsync("tea");
        List<TcpClient> silent = [];
        try
        {
            // Of one address more than ten times its bound, and more than the service as a whole may have.
            for (var i = 0; i < 300; i++) silent.Add(await ConnectAsync(server, "127.0.0.2", begun));

            await AllButAsync(20, silent);
            using var http = new HttpClient();
            Assert.Equal(
                HttpStatusCode.OK,
                (await http.GetAsync(new Uri(server.Address, "/healthz"), TestContext.Current.CancellationToken)).StatusCode);
            using var bob = await server.JoinAsync("tea");
            Assert.Single(bob.Welcomed.Members);
            Assert.Single(await ann.DrainAsync());
        }
        finally
        {
            foreach (var client in silent) client.Dispose();
        }
    }

    [Fact]
    public async Task Other_addresses_are_not_touched_by_one_that_has_too_many()
    {
        await using var server = await TestServer.StartAsync(("limits:idleConnectionsPerAddress", "3"), ("limits:idleTimeout", "00:05:00"));
        using var other = await ConnectAsync(server, "127.0.0.3", "");
        List<TcpClient> silent = [];
        try
        {
            for (var i = 0; i < 10; i++) silent.Add(await ConnectAsync(server, "127.0.0.2", ""));
            var open = await AllButAsync(3, silent);
            Assert.All(open, still => Assert.False(still.IsCompleted));

            await other.GetStream()
                .WriteAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            using var reader = new StreamReader(other.GetStream(), Encoding.ASCII);
            Assert.Equal("HTTP/1.1 200 OK", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            foreach (var client in silent) client.Dispose();
        }
    }

    [Fact]
    public async Task A_connection_without_a_request_is_closed_before_its_first_and_after_its_last()
    {
        await using var server = await TestServer.StartAsync(("limits:idleTimeout", "00:00:01"));
        using var ann = await server.JoinAsync("tea");
        using var silent = await ConnectAsync(server, "127.0.0.1", "");
        using var served = await ConnectAsync(server, "127.0.0.1", "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");

        await EndsAsync(silent);
        await EndsAsync(served);

        // A session is not idle.
        Assert.Empty(await ann.DrainAsync());
    }

    // Waits until no more than so many are open. Which are the oldest is the server's to say: on a busy machine it meets them in another
    // order.
    private static async Task<IReadOnlyList<Task>> AllButAsync(int most, IEnumerable<TcpClient> clients)
    {
        var open = clients.Select(EndsAsync).ToList();
        while (open.Count > most)
        {
            var ended = await Task.WhenAny(open);
            await ended;
            open.Remove(ended);
        }
        return open;
    }

    // On a busy machine the server may close the connection before the client learns that it was opened.
    private static async Task<TcpClient> ConnectAsync(TestServer server, string from, string text)
    {
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, TestContext.Current.CancellationToken);
            if (text.Length > 0) await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        }
        catch (Exception closed) when (closed is IOException or SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
        }
        return client;
    }

    // Reads until the server has closed; a reset ends a connection too.
    private static async Task EndsAsync(TcpClient client)
    {
        if (!client.Connected) return;
        var buffer = new byte[4096];
        try
        {
            var patience = TimeSpan.FromMinutes(1);
            var cancelled = TestContext.Current.CancellationToken;
            while (await client.GetStream().ReadAsync(buffer, cancelled).AsTask().WaitAsync(patience, cancelled) > 0)
            {
            }
        }
        catch (IOException)
        {
        }
    }
}

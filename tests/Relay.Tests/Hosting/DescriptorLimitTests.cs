using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Relay.Tests.Hosting;

/// <summary>The executable with few file descriptors.</summary>
public sealed partial class DescriptorLimitTests
{
    private const int Above = 60;
    private const int Rounds = 3;

    // 32, and 4 for each listener.
    private const int Reserve = 44;

    [Fact]
    public async Task A_flood_beyond_the_limit_ends_no_relay_loads_nothing_and_keeps_no_client_out()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells a process's descriptors");
        // Its own use differs between machines.
        int used;
        using (var relay = Start()) used = Number(await relay.LineAsync(Descriptors()), "Used");

        using var limited = Start(used + Above);
        var admin = Endpoint(await limited.LineAsync(Admin()));
        var line = await limited.LineAsync(Descriptors());
        var udp = Endpoint(await limited.LineAsync(Listening("Udp")));
        var tcp = Endpoint(await limited.LineAsync(Listening("Tcp")));
        var tls = Endpoint(await limited.LineAsync(Listening("Tls")));
        await limited.LineAsync(Ready());
        Assert.Equal((used + Above, Number(line, "Limit") - Number(line, "Used") - Reserve), (Number(line, "Limit"), Number(line, "Room")));
        var loaded = Loaded(limited);
        using var http = new HttpClient { BaseAddress = new($"http://{admin}") };

        for (var round = 0; round < Rounds; round++)
        {
            // Idle connections, other protocols, partial handshakes, and clients with requests.
            var flood = new List<Socket>();
            for (var i = 0; i < 300; i++)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                flood.Add(socket);
                try
                {
                    await socket.ConnectAsync(i % 2 == 0 ? tcp : tls, Deadline.Token);
                    if (i % 5 == 1) await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Deadline.Token);
                    if (i % 5 == 2) await socket.SendAsync(Binding(), Deadline.Token);
                    if (i % 5 == 3) await socket.SendAsync(new byte[] { 0x16, 3, 1, 1, 0, 1 }, Deadline.Token);
                }
                catch (SocketException)
                {
                    // It was closed already.
                }
            }

            // And UDP clients with a credential: relayed addresses use descriptors too.
            var clients = new List<TurnClient>();
            var refused = false;
            for (var i = 0; i < Above && !refused; i++)
            {
                var client = await TurnClient.ConnectAsync(Options(udp, ClientTransport.Udp), Deadline.Token);
                clients.Add(client);
                try
                {
                    await client.AllocateAsync(cancellation: Deadline.Token);
                }
                catch (TurnException full)
                {
                    Assert.Equal(StunErrorCode.InsufficientCapacity, full.Code);
                    refused = true;
                }
            }

            Assert.True(refused, "every client was served, so the limit was not reached");
            // The full relay's probe succeeds. It has a few seconds, which may not suffice on a busy machine.
            await TestWait.UntilAsync(async () => (await http.GetAsync("/readyz", Deadline.Token)).IsSuccessStatusCode);

            flood.ForEach(socket => socket.Dispose());
            foreach (var client in clients)
            {
                if (client.Allocation is not null) await client.ReleaseAsync(Deadline.Token);
                await client.DisposeAsync();
            }

            // Connections of the flood in the system's queues may still displace it.
            await TestWait.UntilAsync(() => IsServedAsync(Options(tls, ClientTransport.Tls)));
        }

        Assert.Empty(Loaded(limited).Except(loaded));
        await limited.SignalAsync("TERM");
        Assert.Equal((0, ""), (await limited.ExitAsync(), limited.Errors));
    }

    [Fact]
    public async Task A_limit_that_leaves_nothing_for_clients_is_said_at_start()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells a process's descriptors");
        int used;
        using (var relay = Start()) used = Number(await relay.LineAsync(Descriptors()), "Used");
        using var limited = Start(used + Reserve - 4);

        Assert.Equal(1, await limited.ExitAsync());
        Assert.Matches(
            $"^ulimit -n: {used + Reserve - 4} file descriptors are too few, [0-9]+ are in use before the first client "
            + $"and {Reserve} are in reserve; allow [0-9]+ or more\n$",
            limited.Errors);
    }

    private static RelayProcess Start(long descriptors = 0) => new(
        [
            "--relay:secrets:0", TestRelay.Secret, "--relay:admin", "127.0.0.1:0", "--relay:quotas:allocationsPerSubject", "1000",
            "--relay:shards", "2",
            "--relay:certificateFile", TestRelay.Certificate.ChainFile, "--relay:certificateKeyFile", TestRelay.Certificate.KeyFile,
            .. new[] { "udp", "tcp", "tls" }.SelectMany((transport, index) => (string[])
            [
                $"--relay:listeners:{index}:transport", transport,
                $"--relay:listeners:{index}:address", "127.0.0.1",
                $"--relay:listeners:{index}:port", "0",
            ]),
        ],
        [],
        descriptors: descriptors);

    private static TurnClientOptions Options(IPEndPoint server, ClientTransport transport) => new()
    {
        Server = TransportAddress.From(server),
        Transport = transport,
        Credentials = TestRelay.Credentials(),
        AutoRefresh = false,
        CertificateValidation = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == TestRelay.Certificate.Hash,
    };

    private static async Task<bool> IsServedAsync(TurnClientOptions options)
    {
        try
        {
            await using var client = await TurnClient.ConnectAsync(options, Deadline.Token);
            await client.AllocateAsync(cancellation: Deadline.Token);
            await client.ReleaseAsync(Deadline.Token);
            return true;
        }
        catch (TurnException)
        {
            return false;
        }
    }

    private static byte[] Binding() => [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, .. new byte[12]];

    /// <summary>The code files that a process has mapped.</summary>
    private static HashSet<string> Loaded(RelayProcess relay) =>
        [.. File.ReadLines($"/proc/{relay.Id}/maps")
            .Select(line => line.Split(' ')[^1])
            .Where(file => file.EndsWith(".dll", StringComparison.Ordinal) || file.Contains(".so", StringComparison.Ordinal))];

    private static int Number(string line, string name) =>
        int.Parse(Regex.Match(line, $"\"{name}\":([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);

    private static IPEndPoint Endpoint(string line) => IPEndPoint.Parse(Regex.Match(line, "127\\.0\\.0\\.1:[0-9]+").Value);

    private static Regex Listening(string transport) => new($"Listening on {transport}");

    [GeneratedRegex("Health and metrics on")]
    private static partial Regex Admin();

    [GeneratedRegex("File descriptors:")]
    private static partial Regex Descriptors();

    [GeneratedRegex("\"Message\":\"Ready")]
    private static partial Regex Ready();
}

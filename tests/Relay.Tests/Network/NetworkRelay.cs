using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Causeway.Relay.Tests.Hosting;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Tests.Network;

/// <summary>The relay's executable in a network namespace, and clients in others.</summary>
internal sealed partial class NetworkRelay : IDisposable
{
    public const int Port = 3478;
    private const int AdminPort = 9478;

    private readonly NetworkNamespace _network;
    private readonly RelayProcess _process;

    private NetworkRelay(NetworkNamespace network, RelayProcess process) => (_network, _process) = (network, process);

    /// <summary>Starts the relay; it serves clients when this returns.</summary>
    public static async Task<NetworkRelay> StartAsync(NetworkNamespace network, params string[] settings)
    {
        var process = new RelayProcess(
            [
                "--relay:secrets:0", TestRelay.Secret, "--relay:shards", "2", "--relay:drainDeadline", "00:00:00",
                "--relay:admin", $"127.0.0.1:{AdminPort}", .. settings,
            ],
            [],
            network.Name);
        await process.LineAsync(Started());
        return new(network, process);
    }

    /// <summary>A client in a namespace, without an allocation.</summary>
    public static Task<TurnClient> ConnectAsync(
        NetworkNamespace network,
        string relay,
        ClientTransport transport = ClientTransport.Udp,
        Action<TurnPeerError>? peerFailed = null) =>
        network.Call(() => TurnClient.ConnectAsync(new()
        {
            Server = new(IpAddress.Parse(relay), Port),
            Transport = transport,
            Credentials = TestRelay.Credentials(),
            PeerFailed = peerFailed,
        }, Deadline.Token));

    public static async Task<TurnClient> AllocateAsync(
        NetworkNamespace network, string relay, Action<TurnPeerError>? peerFailed = null)
    {
        var client = await ConnectAsync(network, relay, peerFailed: peerFailed);
        await client.AllocateAsync(new() { Family = client.Local.Family }, Deadline.Token);
        return client;
    }

    /// <summary>Reads the relay's output up to a line with this text.</summary>
    public Task<string> LineAsync(string text) => _process.LineAsync(new Regex(Regex.Escape(text)));

    /// <summary>A value of the relay's metrics, by name and labels in the text format.</summary>
    public async Task<long> MetricAsync(string series)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(_network.Call(() =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Connect(IPAddress.Loopback, AdminPort);
                return new NetworkStream(socket, ownsSocket: true);
            })),
        });
        var text = await http.GetStringAsync($"http://127.0.0.1:{AdminPort}/metrics", Deadline.Token);
        var line = text.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return long.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }

    public void Dispose() => _process.Dispose();

    [GeneratedRegex("Started with")]
    private static partial Regex Started();
}

internal static class SocketText
{
    public static async Task<string> ReceiveTextAsync(this Socket socket)
    {
        var buffer = new byte[65536];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, SocketFlags.None, Deadline.Token)).TrimEnd('.');
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Causeway.Lab.Machine;
using Causeway.Lab.Network;
using CliWrap;
using CliWrap.Buffered;

namespace Causeway.Lab.Clients;

/// <summary>
/// Clients of other people that bind a channel, bind it again every 500 s and never ask for its permission again: eleven minutes long they
/// hear their peer.
/// <c>script/lab clients</c>.
/// </summary>
public sealed class ChannelRefreshTests
{
    // The permission of RFC 8656 §9 would have ended after 300 s and the channel of §12 after 600; the clients refresh it after 500.
    private const int Seconds = 660;

    // Of a busy machine's datagrams a few may be thrown away by the system; a permission that ended would lose all from then on.
    private const int MayBeLost = 10;

    // The version that this was tried with.
    private const string Werift = "werift@0.24.4";

    private static readonly string Scripts = Checkout.At("tests", "Lab", "Clients");

    [Fact(Explicit = true)]
    public async Task Aioice_and_werift_hear_their_peer_for_eleven_minutes()
    {
        const string python = "/usr/bin/python3";
        Assert.SkipUnless(
            ShellCommand.Try(python, ["-c", "import aioice"]).Code == 0, "python3-aioice is not installed; script/lab clients installs it");
        Assert.SkipUnless(ShellCommand.Exists("npm"), "npm is not installed; install Node.js");
        var modules = LabFolders.New("werift");
        try
        {
            ShellCommand.Run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", modules.FullName, Werift]);
            await using var service = await LocalService.StartAsync();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            stop.CancelAfter(TimeSpan.FromSeconds(Seconds + 120));
            using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var echoing = EchoAsync(peer, stop.Token);

            var aioice = RunAsync(python, "aioice-channel.py", service, peer, modules, stop.Token);
            var werift = RunAsync("node", "werift-channel.cjs", service, peer, modules, stop.Token);
            AssertHeard("aioice", await aioice);
            AssertHeard("werift", await werift);

            await stop.CancelAsync();
            await echoing;
        }
        finally
        {
            modules.Delete(recursive: true);
        }
    }

    private static async Task<int[]> RunAsync(
        string program, string script, LocalService service, Socket peer, DirectoryInfo modules, CancellationToken cancellation)
    {
        var server = service.Plan.IceServers(DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds(), script)[^1];
        var relay = service.Plan.Relay.Listeners.First(listener => listener.Transport == "udp");
        var run = await Cli.Wrap(program)
            .WithArguments(
            [
                Path.Combine(Scripts, script), relay.Address, Text(relay.Port), server.Username!, server.Credential!,
                Text(((IPEndPoint)peer.LocalEndPoint!).Port), Text(Seconds),
            ])
            .WithEnvironmentVariables(new Dictionary<string, string?> { ["NODE_PATH"] = Path.Combine(modules.FullName, "node_modules") })
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellation);
        Assert.True(run.ExitCode == 0, $"{script} ended with {run.ExitCode}: {run.StandardError}");
        return JsonSerializer.Deserialize<int[]>(run.StandardOutput)!;
    }

    private static void AssertHeard(string client, int[] heard)
    {
        var lost = Enumerable.Range(0, Seconds).Except(heard).ToList();
        TestContext.Current.SendDiagnosticMessage(
            "{0} heard {1} of {2} datagrams, the last one in second {3}", client, heard.Length, Seconds, heard.Max());
        Assert.True(lost.Count <= MayBeLost, $"{client} did not hear what it sent in the seconds {string.Join(", ", lost)}");
    }

    private static async Task EchoAsync(Socket peer, CancellationToken cancellation)
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var received = await peer.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), cancellation);
                await peer.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), received.RemoteEndPoint, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

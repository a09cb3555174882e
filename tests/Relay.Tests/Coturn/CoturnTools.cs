using System.Globalization;
using System.Net.Sockets;
using Causeway.Turn.Protocol;
using CliWrap;
using CliWrap.Buffered;

namespace Causeway.Relay.Tests.Coturn;

/// <summary>coturn's client and echo peer, as independent implementations. Debian's package <c>coturn</c>.</summary>
internal static class CoturnTools
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static void SkipIfMissing() =>
        Assert.SkipUnless(
            Find("turnutils_uclient") && Find("turnutils_peer"),
            "turnutils_uclient is not installed (apt-get install coturn); no outside client was tested against the relay");

    /// <summary>Runs the client until it exits.</summary>
    public static async Task<string> UclientAsync(params string[] arguments)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(Longest);
        var result = await Cli.Wrap("turnutils_uclient")
            .WithArguments(arguments)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(bound.Token);
        return result.StandardOutput + result.StandardError;
    }

    /// <summary>Runs the client for this long, or until it exits.</summary>
    public static async Task UclientAsync(TimeSpan longest, params string[] arguments)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        bound.CancelAfter(longest);
        var running = Cli.Wrap("turnutils_uclient")
            .WithArguments(arguments)
            .WithValidation(CommandResultValidation.None)
            .ExecuteAsync(bound.Token);
        await ((Task)running.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The key of a user's password, as the administrator's tool prints it.</summary>
    public static async Task<string> KeyAsync(string user, string realm, string password)
    {
        var result = await Cli.Wrap("turnadmin")
            .WithArguments(["-k", "-u", user, "-r", realm, "-p", password])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        return result.StandardOutput.Split('\n').Single(line => line.StartsWith("0x", StringComparison.Ordinal)).Trim();
    }

    /// <summary>Runs the echo peer until it is disposed; it echoes when this returns.</summary>
    public static async Task<IAsyncDisposable> PeerAsync(TransportAddress at)
    {
        var peer = new Running(["-L", at.Ip.ToString(), "-p", at.Port.ToString(CultureInfo.InvariantCulture)]);
        // Not connected to the peer, so that the system doesn't report a port that isn't open yet.
        using var asking = new Socket(at.ToIPEndPoint().AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        asking.Bind(new TransportAddress(at.Ip, 0).ToIPEndPoint());
        await TestWait.UntilAsync(() =>
        {
            asking.SendTo("there?"u8, at.ToIPEndPoint());
            return asking.Available > 0;
        });
        return peer;
    }

    private static bool Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(
            TestContext.Current.CancellationToken);
        private readonly CommandTask<CommandResult> _running;

        public Running(string[] arguments) =>
            _running = Cli.Wrap("turnutils_peer")
                .WithArguments(arguments)
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(_stop.Token);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await ((Task)_running.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _running.Dispose();
            _stop.Dispose();
        }
    }
}

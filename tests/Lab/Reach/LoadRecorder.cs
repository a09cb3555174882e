using System.Diagnostics;
using System.Globalization;
using System.Net;
using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

/// <summary>
/// Watches pages load, and keeps what is needed to explain one that does not: the packets at the client and at the server, the browser's
/// own log of its network (chrome://net-export), both ends' connections, and every host's addresses and neighbours, while the load was
/// under way and at its end. What loads well leaves nothing.
/// </summary>
/// <param name="testbed">Where the hosts are.</param>
/// <param name="server">The host of the page's server. What it logs is kept with the testbed's logs.</param>
/// <param name="addresses">The server's addresses, also those by which others reach it.</param>
internal sealed class LoadRecorder(Testbed testbed, Host server, IEnumerable<IPAddress> addresses)
{
    // Pages load within a second or two, and eight at once on a busy machine within twenty: what is looked at then must not be what makes
    // them late.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(30);

    private readonly string _filter =
        $"arp or icmp or icmp6 or port 53 or (tcp and ({string.Join(" or ", addresses.Select(address => $"host {address}"))}))";
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(testbed.Scratch, "loads")).FullName;
    private readonly Dictionary<Host, Task> _captures = [];
    private int _kept;

    /// <summary>Switches of a Chromium on a host, for a log of its network.</summary>
    public string[] Switches(Host host) => [$"--log-net-log={NetLog(host)}"];

    /// <summary>Loads a page.</summary>
    /// <param name="host">Where the browser is.</param>
    /// <param name="load">Loads it.</param>
    /// <exception cref="InvalidOperationException">It did not load; the message names the files that were kept.</exception>
    public async Task<T> LoadAsync<T>(Host host, Func<Task<T>> load)
    {
        await Task.WhenAll(CaptureAsync(host), CaptureAsync(server));
        var time = Stopwatch.StartNew();
        var loading = load();
        var seen = "";
        if (await Task.WhenAny(loading, Task.Delay(Late)) != loading) seen = Look(host);
        try
        {
            return await loading;
        }
        catch (Exception failure)
        {
            var kept = Keep(host, $"{seen}\n{failure}\n\n{Look(host)}");
            var what = string.Create(
                CultureInfo.InvariantCulture, $"The page did not load at {host.Name}, within {time.Elapsed.TotalSeconds:F1} s.");
            throw new InvalidOperationException($"{what} Packets, the browser's log and the hosts' tables: {kept}", failure);
        }
    }

    private Task CaptureAsync(Host host)
    {
        if (!Captures.Possible) return Task.CompletedTask;
        lock (_captures)
        {
            if (!_captures.TryGetValue(host, out var capture))
                _captures.Add(host, capture = host.CaptureLastAsync(Path.Combine(_folder, $"{host.Name}.pcap"), _filter));
            return capture;
        }
    }

    private string Keep(Host host, string seen)
    {
        var kept = Directory.CreateDirectory(Path.Combine(testbed.Logs, $"load-{Interlocked.Increment(ref _kept)}-{host.Name}")).FullName;
        File.WriteAllText(Path.Combine(kept, "hosts.txt"), seen);
        foreach (var end in (Host[])[host, server])
            foreach (var file in Directory.EnumerateFiles(_folder, $"{end.Name}.*"))
                File.Copy(file, Path.Combine(kept, Path.GetFileName(file)), overwrite: true);
        return kept;
    }

    // Routers too: what is lost is lost between.
    private string Look(Host host)
    {
        string[] ends = [.. new[] { host, server }.SelectMany(
            end => (string[])[Output(end, "ss", "-tanoi"), Output(end, "ip", "-6", "route")])];
        string[] all = [.. testbed.Hosts.SelectMany(
            each => (string[])[Output(each, "ip", "address"), Output(each, "ip", "-s", "neighbour")])];
        return string.Join("\n", [$"== {DateTime.UtcNow:HH:mm:ss.fff}, load {File.ReadAllText("/proc/loadavg")}", .. ends, .. all]);
    }

    private static string Output(Host host, string program, params string[] arguments)
    {
        var (code, output, error) = ShellCommand.Try("ip", ["netns", "exec", host.NamespaceName, program, .. arguments]);
        return $"-- {host.Name}: {program} {string.Join(' ', arguments)}{(code == 0 ? "" : $" ended with {code}")}\n{output}{error}";
    }

    // Not bounded, for a browser lives for minutes only: a bounded log is in parts, in a folder that Chromium chooses, until the browser
    // ends.
    private string NetLog(Host host) => Path.Combine(_folder, $"{host.Name}.net-log.json");
}

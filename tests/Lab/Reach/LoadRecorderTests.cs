using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

public sealed class LoadRecorderTests
{
    [Fact]
    public async Task A_page_that_does_not_load_leaves_what_passed_at_both_ends_and_one_that_loads_leaves_nothing()
    {
        Assert.SkipUnless(Captures.Possible, "Captures are made by Debian's tcpdump: apt-get install tcpdump.");
        await using var testbed = Testbed.Create("load-recorder");
        var (client, server) = (testbed.Site("home", Access.IPv6Only).Host("alice"), testbed.Server("server"));
        var recorder = new LoadRecorder(testbed, server, [server.IPv6]);
        Assert.Equal("loaded", await recorder.LoadAsync(client, () => Task.FromResult("loaded")));
        Assert.Empty(Directory.EnumerateDirectories(testbed.Logs));

        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() => recorder.LoadAsync<string>(client, async () =>
        {
            // Refused, for nothing listens there.
            client.CanConnect(new(server.IPv6, 443), within: TimeSpan.FromSeconds(30));
            await File.WriteAllTextAsync(recorder.Switches(client)[0].Split('=')[1], "the browser's log");
            await UntilCapturedAsync(testbed);
            throw new TimeoutException("60 s");
        }));
        Assert.StartsWith("The page did not load at alice, within ", failed.Message, StringComparison.Ordinal);
        var kept = Assert.Single(Directory.EnumerateDirectories(testbed.Logs));
        Assert.EndsWith(kept, failed.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["alice.net-log.json", "alice.pcap0", "hosts.txt", "server.pcap0"],
                Directory.EnumerateFiles(kept).Select(file => Path.GetFileName(file)).Order());
        Assert.All(Directory.EnumerateFiles(kept, "*.pcap0"), file => Assert.True(new FileInfo(file).Length > SomePackets, file));
        var hosts = await File.ReadAllTextAsync(Path.Combine(kept, "hosts.txt"), TestContext.Current.CancellationToken);
        foreach (var expected in (string[])["60 s", "-- home-router: ip -s neighbour", "-- internet: ip address", "-- server: ss -tanoi"])
            Assert.Contains(expected, hosts, StringComparison.Ordinal);
    }

    // tcpdump writes each packet when it has come, in a process of its own.
    private static async Task UntilCapturedAsync(Testbed testbed)
    {
        var deadline = Environment.TickCount64 + 60_000;
        while (Captured().Count(file => file.Length > SomePackets) < 2)
        {
            Assert.True(Environment.TickCount64 < deadline, "nothing was captured");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }

        IEnumerable<FileInfo> Captured() => new DirectoryInfo(testbed.Scratch).EnumerateFiles("*.pcap0", SearchOption.AllDirectories);
    }

    private const int SomePackets = 100;
}

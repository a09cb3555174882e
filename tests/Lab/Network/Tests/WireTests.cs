using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Causeway.Lab.Network.Tests;

/// <summary>A link with delay, with real packets through it.</summary>
[Collection(nameof(Alone))]
public sealed class WireTests
{
    [Fact]
    public async Task A_distant_host_is_as_far_away_as_was_asked_and_its_packets_stay_in_order()
    {
        await using var testbed = Testbed.Create("wire");
        var server = testbed.Server("server");
        var site = testbed.Site("home", Access.FriendlyNat);
        var near = site.Host("near");
        var far = site.DistantHost("far", Delay.Milliseconds(80, jitter: 20));

        // Through the router and its NAT: at least 60 ms each way. That it is not much more depends on what else the machine does.
        var trips = RoundTrips(far, server, datagrams: 50);
        Assert.Equal(Enumerable.Range(0, 50), trips.Select(trip => trip.Number));
        Assert.All(trips, trip => Assert.True(trip.Time >= TimeSpan.FromMilliseconds(119), $"{trip.Time.TotalMilliseconds} ms"));
        Assert.InRange(trips.Min(trip => trip.Time.TotalMilliseconds), 119, 1000);

        // A host in the same local network is reached over the same wire.
        Assert.All(RoundTrips(far, near, datagrams: 3),
            trip => Assert.True(trip.Time >= TimeSpan.FromMilliseconds(119), $"{trip.Time.TotalMilliseconds} ms"));
        Assert.Equal(3, RoundTrips(near, far, datagrams: 3).Count);
    }

    [Fact]
    public async Task A_wire_carries_IPv6()
    {
        await using var testbed = Testbed.Create("wire-ipv6");
        var server = testbed.Server("server");
        var far = testbed.Site("home", Access.IPv6Only).DistantHost("far", Delay.Milliseconds(20));
        Assert.All(RoundTrips(far, server, datagrams: 3, AddressFamily.InterNetworkV6),
            trip => Assert.True(trip.Time >= TimeSpan.FromMilliseconds(39), $"{trip.Time.TotalMilliseconds} ms"));
    }

    [Fact]
    public async Task A_wire_that_was_taken_away_leaves_no_device_and_no_thread()
    {
        await using var testbed = Testbed.Create("wire-removed");
        var (one, other) = (testbed.Server("one"), testbed.Server("other"));
        var threads = Threads();
        using (Wire.Lay(one, "far", other, "near", Delay.Milliseconds(10)))
        {
            Becomes(threads + 1);
            Assert.Contains("far", one.Run("ip", "-brief", "link"), StringComparison.Ordinal);
        }

        Becomes(threads);
        Assert.DoesNotContain("far", one.Run("ip", "-brief", "link"), StringComparison.Ordinal);
        Assert.DoesNotContain("near", other.Run("ip", "-brief", "link"), StringComparison.Ordinal);

        // A thread gives itself its name after it was started, and the kernel lists it a little longer than it runs.
        static void Becomes(int threads) =>
            Assert.True(SpinWait.SpinUntil(() => Threads() == threads, TimeSpan.FromSeconds(30)),
                $"{Threads()} threads of wires, and not {threads}");

        static int Threads() => Directory.EnumerateDirectories("/proc/self/task").Count(IsWire);

        static bool IsWire(string task)
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "comm")).Trim() == "wire";
            }
            catch (IOException)
            {
                return false; // It ended meanwhile.
            }
        }
    }

    [Fact]
    public async Task A_wire_whose_host_is_gone_ends_by_itself_and_can_still_be_taken_away()
    {
        await using var testbed = Testbed.Create("wire-orphan");
        var (one, other) = (testbed.Server("one"), testbed.Server("other"));
        using var wire = Wire.Lay(one, "far", other, "near", Delay.Milliseconds(10));
        one.Run("ip", "link", "delete", "far");
        Assert.True(SpinWait.SpinUntil(() => !wire.IsCarrying, TimeSpan.FromSeconds(10)), "the wire still waits for its device");
    }

    // One datagram every few milliseconds to an echo, each with its number.
    private static List<(int Number, TimeSpan Time)> RoundTrips(
        Host from, Host to, int datagrams, AddressFamily family = AddressFamily.InterNetwork)
    {
        using var socket = from.Udp(family);
        using var echo = to.Udp(family, port: 7);
        var there = echo.LocalEndPoint!;
        using var over = new CancellationTokenSource();
        var echoing = Task.Run(() =>
        {
            var buffer = new byte[64];
            EndPoint sender = new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
            while (!over.IsCancellationRequested)
            {
                if (echo.Poll(TimeSpan.FromMilliseconds(50), SelectMode.SelectRead))
                    echo.SendTo(buffer, echo.ReceiveFrom(buffer, ref sender), SocketFlags.None, sender);
            }
        });

        var trips = new List<(int, TimeSpan)>();
        var sent = new long[datagrams];
        for (var i = 0; i < datagrams; i++)
        {
            sent[i] = Stopwatch.GetTimestamp();
            socket.SendTo(BitConverter.GetBytes(i), there);
            Receive(TimeSpan.FromMilliseconds(5));
        }

        while (trips.Count < datagrams && Receive(TimeSpan.FromSeconds(5))) { }
        over.Cancel();
        echoing.GetAwaiter().GetResult();
        return trips;

        bool Receive(TimeSpan patience)
        {
            if (!socket.Poll(patience, SelectMode.SelectRead)) return false;
            var buffer = new byte[64];
            socket.Receive(buffer);
            var number = BitConverter.ToInt32(buffer);
            trips.Add((number, Stopwatch.GetElapsedTime(sent[number])));
            return true;
        }
    }
}

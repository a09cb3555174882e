using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Causeway.Lab.Network.Tests;

/// <summary>What the testbed promises to everything that is built on it.</summary>
[Collection(nameof(Alone))]
public sealed class TestbedTests
{
    [Fact]
    public async Task Everything_is_removed_at_the_end()
    {
        // The first namespace of a machine's life makes ip mount /run/netns, for good; that is not the lab's.
        await using (Testbed.Create("first")) { }
        var before = State.OfThisMachine();
        string scratch;
        await using (var testbed = Testbed.Create("removed"))
        {
            scratch = testbed.Scratch;
            var alice = testbed.Site("home", Access.DoubleNat).Host("alice");
            alice.Start("sleep", ["1000"]);
            // What a host's program starts and forgets is ended too.
            alice.Run("sh", "-c", $"nohup {ForgottenProgram} > /dev/null 2>&1 &");
            Assert.NotEqual(before.Namespaces, State.OfThisMachine().Namespaces);
        }

        Assert.Equivalent(before, State.OfThisMachine(), strict: true);
        Assert.False(Directory.Exists(scratch));
    }

    [Fact]
    public async Task What_a_killed_run_left_behind_is_removed_by_the_next()
    {
        using var died = Process.Start("true");
        await died.WaitForExitAsync(TestContext.Current.CancellationToken);
        await using (Testbed.Create("first")) { }
        var name = new TestOwner(died.Id, Start: 1).NameOf("1-alice");
        var left = NetworkNamespace.Add(name);
        Directory.CreateDirectory(left.EtcFolder);
        var scratch = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), name));
        using var forgotten = Process.Start("ip", ["netns", "exec", name, "sleep", "1000"]);
        Assert.True(
            SpinWait.SpinUntil(() => left.Processes.Any(), TimeSpan.FromSeconds(30)), "the program that is to be forgotten did not start");

        await using (Testbed.Create("next")) { }

        await forgotten.WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(name, NetworkNamespace.All);
        Assert.False(Directory.Exists(left.EtcFolder));
        scratch.Refresh();
        Assert.False(scratch.Exists);
    }

    [Fact]
    public async Task Two_testbeds_know_nothing_of_each_other()
    {
        await using var one = Testbed.Create("one");
        await using var other = Testbed.Create("other");
        var (server, twin) = (one.Server("server"), other.Server("server"));
        Assert.Equal(server.IPv4, twin.IPv4);
        using var socket = server.Udp(port: 5000);
        using var sender = other.Server("sender").Udp();
        sender.SendTo("hello"u8, new IPEndPoint(server.IPv4, 5000));
        Assert.False(socket.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectRead));
    }

    [Fact]
    public async Task Names_are_resolved_and_a_missing_family_is_answered_with_nothing()
    {
        await using var testbed = Testbed.Create("names");
        var server = testbed.Server("server", "both.causeway.example");
        testbed.Names.Add("old.causeway.example", server.IPv4);
        var alice = testbed.Site("home", Access.Only443).Host("alice");

        Assert.Contains($"{server.IPv4}", alice.Run("getent", "ahostsv4", "old.causeway.example"), StringComparison.Ordinal);
        Assert.Contains($"{server.IPv6}", alice.Run("getent", "ahostsv6", "both.causeway.example"), StringComparison.Ordinal);
        var resolver = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 53);
        Assert.Equal((0, 1), Ask(alice, resolver, "both.causeway.example", DnsAaaa));
        Assert.Equal((0, 0), Ask(alice, resolver, "old.causeway.example", DnsAaaa));
    }

    [Fact]
    public async Task Lost_datagrams_are_lost_and_come_again_when_it_is_over()
    {
        await using var testbed = Testbed.Create("loss");
        var (alice, bob) = (testbed.Server("alice"), testbed.Server("bob"));
        using var from = alice.Udp();
        using var to = bob.Udp(port: 5000);
        using (bob.LoseUdp(percent: 50)) Assert.InRange(Arrived(1000, within: TimeSpan.FromMilliseconds(50)), 350, 650);
        Assert.Equal(1000, Arrived(1000, within: TimeSpan.FromSeconds(10)));

        // Few at a time: what a socket holds for its reader is bounded, and by how much is the machine's own setting.
        int Arrived(int sent, TimeSpan within) => Enumerable.Range(0, sent / 50).Sum(_ =>
        {
            for (var i = 0; i < 50; i++) from.SendTo("datagram"u8, to.LocalEndPoint!);
            var arrived = 0;
            var buffer = new byte[64];
            while (arrived < 50 && to.Poll(within, SelectMode.SelectRead)) arrived += to.Receive(buffer) > 0 ? 1 : 0;
            return arrived;
        });
    }

    [Fact]
    public async Task A_capture_holds_what_passed()
    {
        Assert.SkipUnless(Captures.Possible, "Captures are made by Debian's tcpdump: apt-get install tcpdump.");
        await using var testbed = Testbed.Create("capture");
        var (alice, bob) = (testbed.Server("alice"), testbed.Server("bob"));
        var file = await testbed.CaptureAsync(bob);
        using var to = bob.Udp(port: 5000);
        using var from = alice.Udp();
        from.SendTo(Encoding.UTF8.GetBytes("a message to be found"), to.LocalEndPoint!);

        // The file grows packet by packet.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, patience.Token))
            .Contains("a message to be found", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
    }

    [Fact]
    public async Task A_program_that_ends_early_is_reported_with_what_it_said()
    {
        await using var testbed = Testbed.Create("early");
        var program = testbed.Server("server").Start("sh", ["-c", "echo no such file; exit 3"]);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => program.LineWith("ready", within: TimeSpan.FromSeconds(60)));
        Assert.Contains("no such file", thrown.Message, StringComparison.Ordinal);
    }

    private const int DnsAaaa = 28;

    // Another run of these tests on the machine has another number.
    private static readonly string ForgottenProgram = $"sleep 1000{Environment.ProcessId}";

    /// <summary>Asks a DNS server (RFC 1035 §4.1): the response code and the number of answers.</summary>
    private static (int Code, int Answers) Ask(Host host, IPEndPoint server, string name, byte type)
    {
        using var socket = host.Udp();
        byte[] question = [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0, 0,
            type, 0, 1];
        socket.SendTo([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. question], server);
        Assert.True(socket.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead), "the DNS server did not answer");
        var answer = new byte[512];
        socket.Receive(answer);
        return (answer[3] & 0x0F, answer[7]);
    }

    /// <summary>What a testbed of this process could leave behind on this machine.</summary>
    private sealed record State(
        IReadOnlyList<string> Namespaces, IReadOnlyList<string> Mounts, IReadOnlyList<string> Processes, IReadOnlyList<string> Devices)
    {
        public static State OfThisMachine() => new(
            [.. NetworkNamespace.All.Where(IsOurs).Order()],
            [.. File.ReadLines("/proc/mounts").Where(IsOurs).Order()],
            [.. ShellCommand.Run("ps", ["-eo", "args"]).Split('\n')
                .Where(line => IsOurs(line) || line.Contains(ForgottenProgram, StringComparison.Ordinal)).Order()],
            [.. Directory.EnumerateFileSystemEntries("/sys/class/net").Order()]);

        private static bool IsOurs(string text) => text.Contains(TestOwner.Current.NameOf(""), StringComparison.Ordinal);
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Causeway.Infra.Resources.Rollout;
using Causeway.Relay.Hosting;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Infra.Tests.Rollout;

/// <summary>The wait for old relays, with a relay on loopback.</summary>
public sealed class OldRelaysTests
{
    private const string Secret = "the secret of the old relay", NewSecret = "the secret that it does not know yet";
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50), Long = TimeSpan.FromMinutes(5);

    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<(string Line, bool Passing)> _told = [];

    [Theory, InlineData("udp"), InlineData("tcp")]
    public async Task The_update_waits_until_the_last_client_has_left(string transport)
    {
        await using var relay = await StartRelay(transport);
        await using var first = await Allocate(relay);
        await using var second = await Allocate(relay);

        var waiting = OldRelays.WaitAsync(Target(relay, transport), Tell, Soon, _time);
        await TestWait.UntilAsync(() => _told.Any(told => told.Line.Contains("has 2 relayed addresses in use", StringComparison.Ordinal)));
        await first.ReleaseAsync(TestContext.Current.CancellationToken);
        var answered = relay.Counters.Sum(counters => counters.FromClients.Packets);
        await TestWait.UntilAsync(() => relay.Counters.Sum(counters => counters.FromClients.Packets) > answered + 10);
        Assert.False(waiting.IsCompleted);

        await second.ReleaseAsync(TestContext.Current.CancellationToken);
        await waiting;
        Assert.All(_told.SkipLast(1), told => Assert.True(told.Passing));
        Assert.Contains("Ctrl-C is safe", _told.First().Line, StringComparison.Ordinal);
        Assert.Equal(("the old relay at 127.0.0.1 carries no calls", false), (_told.Last().Line.Split(',')[0], _told.Last().Passing));
    }

    [Fact]
    public async Task Unused_addresses_do_not_delay_the_update()
    {
        await using var relay = await StartRelay("udp");
        await using var client = await Allocate(relay);
        var waiting = OldRelays.WaitAsync(Target(relay, "udp"), Tell, Soon, _time);
        await TestWait.UntilAsync(() => !_told.IsEmpty);
        Assert.False(waiting.IsCompleted);

        _time.Advance(QuietRelay.Window);
        await waiting;
        Assert.Contains("carries no calls, after 35 s", _told.Last().Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_deadline_ends_the_wait_and_says_what_is_interrupted()
    {
        await using var relay = await StartRelay("udp");
        await using var client = await Allocate(relay);
        await OldRelays.WaitAsync(Target(relay, "udp", TimeSpan.Zero), Tell, Soon, _time);
        Assert.Contains(
            "still has 1 relayed address in use after 0 s (drainSeconds); they end with it",
            Assert.Single(_told).Line,
            StringComparison.Ordinal);
    }

    private const string Unreported = "does not report its use, so the update continues without it: ";

    [Fact]
    public async Task A_relay_with_the_previous_rotations_secret_is_queried_with_it()
    {
        await using var relay = await StartRelay("udp");
        await OldRelays.WaitAsync(Target(relay, "udp", secrets: [NewSecret, Secret]), Tell, Soon, _time);
        Assert.Contains("carries no calls", Assert.Single(_told).Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relay_with_another_secret_is_not_waited_for()
    {
        await using var relay = await StartRelay("udp");
        await OldRelays.WaitAsync(Target(relay, "udp", secrets: [NewSecret]), Tell, Soon, _time);
        Assert.Contains(Unreported, Assert.Single(_told).Line, StringComparison.Ordinal);
        Assert.Contains("401", _told.Single().Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_relay_that_is_gone_is_not_waited_for()
    {
        await OldRelays.WaitAsync(Target(FreePorts.Take(), "tcp"), Tell, Soon, _time);
        Assert.Contains(Unreported, Assert.Single(_told).Line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unsigned_answer_is_not_believed()
    {
        using var impostor = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var answering = AnswerZeroAsync(impostor, done.Token);
        var port = ((IPEndPoint)impostor.Client.LocalEndPoint!).Port;
        await OldRelays.WaitAsync(Target(port, "udp"), Tell, Soon, _time);

        Assert.Contains("it does not support the query", Assert.Single(_told).Line, StringComparison.Ordinal);
        await done.CancelAsync();
        await answering;
    }

    [Fact]
    public async Task The_relays_of_the_stacks_other_generations_are_waited_for()
    {
        var targets = new List<OldRelaysTarget>();
        var plan = Plans.Of(("rotation", "2026-11-22/2026-08-01"));
        var registered = new Registered { Plan = plan, OwnElasticIps = ["203.0.113.2", "203.0.113.7", "203.0.113.1", "203.0.113.6"] };
        await registered.RegisterAsync(wait: (target, _) =>
        {
            targets.Add(target);
            return Task.CompletedTask;
        });

        var target = Assert.Single(targets);
        Assert.Equal(["203.0.113.6", "203.0.113.7"], target.Addresses.Select(address => address.ToString()));
        Assert.Equal(TimeSpan.FromSeconds(120), target.Deadline);
        Assert.Equal(plan.Services.Ice.TurnUrls, target.TurnUrls);
        var expiry = long.Parse(target.Credentials[0].Username.Split(':')[0]);
        Assert.Equal(
            plan.TurnSecrets.Select(secret => Credentials.Mint(secret.Reveal(), "causeway-operator", expiry)), target.Credentials);
        Assert.Equal(2, target.Credentials.Count);
    }

    [Fact]
    public async Task Without_another_generation_nothing_is_waited_for()
    {
        var registered = new Registered { Plan = Plans.Of(), OwnElasticIps = ["203.0.113.1", "203.0.113.2"] };
        await registered.RegisterAsync(wait: (_, _) => throw new InvalidOperationException("there is nothing to wait for"));
        Assert.Equal("https://call.example.org/", await Address(registered));
    }

    [Theory, InlineData(true, "deployer", "120"), InlineData(false, "off", ""), InlineData(false, "deployer", "0")]
    public async Task No_relay_is_queried_in_a_preview_without_the_gate_or_with_the_wait_off(bool preview, string gate, string seconds)
    {
        var registered = new Registered { Plan = Plans.Of(("gate", gate), ("drainSeconds", seconds)), OwnElasticIps = ["203.0.113.7"] };
        await registered.RegisterAsync(preview: preview, wait: (_, _) => throw new InvalidOperationException("no relay may be queried"));
        Assert.DoesNotContain(registered.Calls, call => call.Type == Types.Eips);
    }

    /// <summary>The engine deletes the old generation when the program ends, and the program ends when its outputs are known.</summary>
    [Fact]
    public async Task The_program_ends_after_the_wait_and_the_new_generation_is_watched_before_that()
    {
        var emptied = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var registered = new Registered { Plan = Plans.Of(), OwnElasticIps = ["203.0.113.7"] };
        var running = registered.RegisterAsync(wait: (_, _) =>
        {
            begun.SetResult();
            return emptied.Task;
        });
        await begun.Task.WaitAsync(TestContext.Current.CancellationToken);
        await TestWait.UntilAsync(() => registered.Of(Types.HealthCheck).Count > 0);

        Assert.False(running.IsCompleted);
        emptied.SetResult();
        await running;
        Assert.Equal("https://call.example.org/", await Address(registered));
    }

    [Fact]
    public async Task Addresses_that_cannot_be_listed_end_the_update_before_anything_is_deleted()
    {
        var registered = new Registered { Plan = Plans.Of(), AddressFailure = "UnauthorizedOperation" };
        var failed = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync());
        Assert.All(
            ["the old one is kept", "Allow ec2:DescribeAddresses, or set drainSeconds to 0", "UnauthorizedOperation"],
            text => Assert.Contains(text, failed.ToString(), StringComparison.Ordinal));
        Assert.True(typeof(OldRelaysUnknownException).IsSubclassOf(typeof(Pulumi.RunException)));
    }

    private void Tell(string line, bool passing) => _told.Enqueue((line, passing));

    private static Task<string> Address(Registered registered) =>
        Pulumi.Utilities.OutputUtilities.GetValueAsync((Pulumi.Output<string>)registered.Outputs["address"]!);

    private static Task<RelayHost> StartRelay(string transport) => RelayHost.StartAsync(new()
    {
        Realm = "old.example",
        Listeners = [new() { Transport = transport, Address = "127.0.0.1", Port = 0 }],
        Addresses = [new() { Address = "127.0.0.1" }],
        Secrets = [Secret],
        AllowPeers = ["127.0.0.0/8"],
        Shards = 1,
        DrainDeadline = TimeSpan.Zero,
    }, NullLoggerFactory.Instance, cancellation: TestContext.Current.CancellationToken);

    private static async Task<TurnClient> Allocate(RelayHost relay)
    {
        var listener = relay.ListenEndpoints.Single();
        var client = await TurnClient.ConnectAsync(new()
        {
            Server = listener.Address,
            Transport = listener.Transport,
            Credentials = Credentials.Mint(Secret, "somebody", DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds()),
        }, TestContext.Current.CancellationToken);
        await client.AllocateAsync(cancellation: TestContext.Current.CancellationToken);
        return client;
    }

    private static OldRelaysTarget Target(RelayHost relay, string transport, TimeSpan? deadline = null, params string[] secrets) =>
        Target(relay.ListenEndpoints.Single().Address.Port, transport, deadline, secrets);

    private static OldRelaysTarget Target(int port, string transport, TimeSpan? deadline = null, params string[] secrets) => new(
        [IPAddress.Loopback],
        [$"turn:new.example.org:{port}?transport={transport}"],
        [.. (secrets.Length == 0 ? [Secret] : secrets).Select(Operator)],
        deadline ?? Long);

    private static Credentials Operator(string secret) =>
        Credentials.Mint(secret, Credentials.OperatorSubject, DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds());

    // A success response to each request: the reflexive address 127.0.0.1, and a RELAY-USE of zeros, unsigned.
    private static async Task AnswerZeroAsync(UdpClient socket, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var asked = await socket.ReceiveAsync(cancellation);
                byte[] answer =
                [
                    0x01, 0x01, 0, 28, .. asked.Buffer[4..20],
                    0, 0x20, 0, 8, 0, 1, 0x21, 0x12, 0x5E, 0x12, 0xA4, 0x43,
                    0xC0, 0xC5, 0, 12, .. new byte[12],
                ];
                await socket.SendAsync(answer, asked.RemoteEndPoint, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}

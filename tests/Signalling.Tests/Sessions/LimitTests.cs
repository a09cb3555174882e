using System.Net.WebSockets;
using System.Text;
using Causeway.Signalling.Sessions;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Tests.Sessions;

public class LimitTests
{
    [Fact]
    public async Task A_full_room_takes_nobody_until_somebody_leaves()
    {
        await using var server = await TestServer.StartAsync(("limits:roomMembers", "2"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");

        using var cat = await server.ConnectAsync();
        await cat.SendAsync(new Hello("tea"));
        var (code, errors) = await cat.ReceiveCloseAsync();
        Assert.Equal(CloseCode.RoomFull, code);
        Assert.Equal((ErrorCodes.RoomFull, true), (errors[0].Code, errors[0].Fatal));

        await bob.SendAsync(new Leave());
        await bob.ReceiveCloseAsync();
        using var dan = await server.JoinAsync("tea");
        Assert.Single(dan.Welcomed.Members);
    }

    [Fact]
    public async Task A_message_too_big_ends_the_session_and_another_room_notices_nothing()
    {
        await using var server = await TestServer.StartAsync(("limits:messageBytes", "1024"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        using var cat = await server.JoinAsync("coffee");
        await ann.ReceiveAsync<Joined>();

        await bob.SendSignalAsync(ann.Member, 1, $"\"{new string('x', 1024)}\"");

        var (code, errors) = await bob.ReceiveCloseAsync();
        Assert.Equal(CloseCode.TooBig, code);
        Assert.Contains("1024", errors[0].Message, StringComparison.Ordinal);
        Assert.Equal(new(bob.Member, "removed"), await ann.ReceiveAsync<Left>());
        Assert.Empty(await cat.DrainAsync());
    }

    [Fact]
    public async Task A_message_of_exactly_the_limit_passes_in_whatever_pieces()
    {
        await using var server = await TestServer.StartAsync(("limits:messageBytes", "9000"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        var head = $$"""{"type":"signal","to":"{{ann.Member}}","seq":1,"ack":0,"payload":""" + "\"";
        var text = Encoding.UTF8.GetBytes(head + new string('y', 9000 - head.Length - 2) + "\"}");
        Assert.Equal(9000, text.Length);

        foreach (var piece in text.Chunk(1234)) await bob.SendRawAsync(piece, WebSocketMessageType.Text, end: false);
        await bob.SendRawAsync(Array.Empty<byte>(), WebSocketMessageType.Text);

        await ann.ReceiveAsync<Joined>();
        Assert.Equal(9000 - head.Length, (await ann.ReceiveAsync<Signal>()).Payload.Utf8.Length);
    }

    [Fact]
    public async Task A_binary_message_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");

        await ann.SendRawAsync(new byte[] { 1, 2, 3 }, WebSocketMessageType.Binary);

        var (code, errors) = await ann.ReceiveCloseAsync();
        Assert.Equal((CloseCode.Binary, ErrorCodes.Binary), (code, errors[0].Code));
    }

    [Fact]
    public async Task Who_is_too_fast_is_told_once_with_nothing_lost_and_then_closed()
    {
        await using var server = await TestServer.StartAsync(("limits:messagesPerSecond", "10"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        // The hello was one message of the burst of twenty; the ten after it are tolerated.
        for (var seq = 1; seq <= 29; seq++) await bob.SendSignalAsync(ann.Member, seq);
        for (var seq = 1; seq <= 29; seq++) Assert.Equal(seq, (await ann.ReceiveAsync<Signal>()).Seq);
        Assert.Equal(ErrorCodes.TooFast, (await bob.ReceiveAsync<Error>()).Code);
        await bob.SendSignalAsync(ann.Member, 30);

        var (code, errors) = await bob.ReceiveCloseAsync();
        Assert.Equal(CloseCode.TooFast, code);
        Assert.Equal((ErrorCodes.TooFast, true), (Assert.Single(errors).Code, errors[0].Fatal));
        Assert.Equal(new(bob.Member, "removed"), await ann.ReceiveAsync<Left>());
    }

    [Fact]
    public async Task Who_keeps_to_the_rate_is_left_alone_for_ever()
    {
        await using var server = await TestServer.StartAsync(("limits:messagesPerSecond", "10"));
        using var ann = await server.JoinAsync("tea");

        for (var second = 0; second < 20; second++)
        {
            for (var i = 0; i < 10; i++) await ann.SendAsync(new Ping());
            for (var i = 0; i < 10; i++) await ann.ReceiveAsync<Pong>();
            server.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task Who_does_not_read_is_closed_and_finds_everything_on_return()
    {
        await using var server = await TestServer.StartAsync(
            ("limits:outgoingMessages", "16"), ("limits:messageBytes", "65536"), ("limits:messagesPerSecond", "1000"),
            ("limits:outbox", "500"), ("limits:outboxBytes", "100000000"), ("limits:outgoingBytes", "100000000"),
            ("limits:keptBytesPerAddress", "100000000"), ("limits:keptBytes", "100000000"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();
        var payload = $"\"{new string('z', 60_000)}\"";

        // More than the system's own buffers between the two take.
        for (var seq = 1; seq <= 300; seq++) await bob.SendSignalAsync(ann.Member, seq, payload);
        await bob.DrainAsync();
        // It reads nothing at all, so the close frame cannot reach it either; it is cut.
        server.Clock.Advance(Connection.CloseDeadline);
        await server.AwayAsync(ann);

        using var again = await server.ConnectAsync();
        Assert.True((await again.HelloAsync("tea", null, ann.Welcomed.Session)).Resumed);
        for (var seq = 1; seq <= 300; seq++) Assert.Equal(seq, (await again.ReceiveAsync<Signal>()).Seq);
        Assert.Empty(await again.DrainAsync());
    }

    [Fact]
    public async Task Who_reads_late_gets_the_code_of_a_slow_reader()
    {
        await using var server = await TestServer.StartAsync(
            ("limits:outgoingMessages", "16"), ("limits:messageBytes", "65536"), ("limits:messagesPerSecond", "1000"),
            ("limits:outbox", "500"), ("limits:outboxBytes", "100000000"), ("limits:outgoingBytes", "100000000"),
            ("limits:keptBytesPerAddress", "100000000"), ("limits:keptBytes", "100000000"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        var payload = $"\"{new string('z', 60_000)}\"";

        for (var seq = 1; seq <= 300; seq++) await bob.SendSignalAsync(ann.Member, seq, payload);
        await bob.DrainAsync();

        Assert.Equal(CloseCode.SlowReader, (await ann.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task Who_says_no_hello_is_closed()
    {
        await using var server = await TestServer.StartAsync(("limits:helloDeadline", "00:00:10"));
        using var ann = await server.ConnectAsync();
        using var bob = await server.JoinAsync("tea");
        await ann.SendAsync(new Ping());
        await ann.ReceiveAsync<Pong>();

        server.Clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(CloseCode.NoHello, (await ann.ReceiveCloseAsync()).Code);
        Assert.Empty(await bob.DrainAsync());
    }

    [Fact]
    public async Task A_full_server_takes_no_more_connections()
    {
        await using var server = await TestServer.StartAsync(("limits:sessions", "2"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");

        using var refused = await server.ConnectAsync();
        var (code, errors) = await refused.ReceiveCloseAsync();
        Assert.Equal((CloseCode.TryLater, ErrorCodes.ServerFull), (code, Assert.Single(errors).Code));

        await bob.SendAsync(new Leave());
        await bob.ReceiveCloseAsync();
        using var cat = await EventuallyConnectAsync(server);
        await cat.HelloAsync("tea");
    }

    [Fact]
    public async Task One_address_takes_no_more_connections_than_its_share_and_gives_them_back()
    {
        await using var server = await TestServer.StartAsync(("limits:connectionsPerAddress", "2"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");

        using var refused = await server.ConnectAsync();
        var (code, errors) = await refused.ReceiveCloseAsync();
        Assert.Equal((CloseCode.AddressFull, ErrorCodes.AddressFull), (code, Assert.Single(errors).Code));

        await bob.SendAsync(new Leave());
        await bob.ReceiveCloseAsync();
        using var cat = await EventuallyConnectAsync(server);
        await cat.HelloAsync("tea");
    }

    [Theory]
    [InlineData("limits:connectionsPerAddress")]
    [InlineData("limits:sessions")]
    public async Task WebSockets_that_say_no_hello_keep_nobody_out(string limit)
    {
        await using var server = await TestServer.StartAsync((limit, "4"));
        using var ann = await server.JoinAsync("tea");
        List<TestClient> silent = [];
        for (var i = 0; i < 10; i++) silent.Add(await server.ConnectAsync());

        using var bob = await server.JoinAsync("tea");
        using var cat = await server.JoinAsync("tea");

        Assert.Equal(2, cat.Welcomed.Members.Count);
        foreach (var gone in silent[..9]) Assert.Equal(CloseCode.NoHello, (await gone.ReceiveCloseAsync()).Code);
        Assert.Equal(2, (await ann.DrainAsync()).Count);
    }

    [Fact]
    public async Task Sessions_that_wait_for_their_client_count_too()
    {
        await using var server = await TestServer.StartAsync(("limits:sessions", "2"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        bob.Break();
        await server.AwayAsync(bob);

        using var cat = await EventuallyConnectAsync(server);
        await cat.SendAsync(new Hello("tea"));

        Assert.Equal(CloseCode.TryLater, (await cat.ReceiveCloseAsync()).Code);
        using var bobAgain = await EventuallyConnectAsync(server);
        Assert.True((await bobAgain.HelloAsync("tea", null, bob.Welcomed.Session)).Resumed);
    }

    [Fact]
    public async Task A_server_with_all_its_rooms_takes_members_into_those_only()
    {
        await using var server = await TestServer.StartAsync(("limits:rooms", "1"));
        using var ann = await server.JoinAsync("tea");

        using var bob = await server.ConnectAsync();
        await bob.SendAsync(new Hello("coffee"));
        Assert.Equal(CloseCode.TryLater, (await bob.ReceiveCloseAsync()).Code);

        using var cat = await server.JoinAsync("tea");
        await ann.SendAsync(new Leave());
        await cat.SendAsync(new Leave());
        await ann.ReceiveCloseAsync();
        await cat.ReceiveCloseAsync();
        using var dan = await server.JoinAsync("coffee");
    }

    [Fact]
    public async Task A_client_that_answers_no_ping_is_cut()
    {
        await using var server = await TestServer.StartAsync(
            ("limits:pingInterval", "00:00:00.200"), ("limits:connectionsPerAddress", "1"));

        // A socket that isn't read doesn't answer pings. The service closes it, which frees its connection.
        using var ann = await server.JoinAsync("tea");
        using var bob = await EventuallyConnectAsync(server);
    }

    // The place of a connection is free a moment after its client has seen the close.
    private static async Task<TestClient> EventuallyConnectAsync(TestServer server)
    {
        TestClient? client = null;
        await TestServer.EventuallyAsync(
            async () =>
            {
                client = await server.ConnectAsync();
                await client.SendAsync(new Ping());
                return (await client.ReceiveTextAsync())?.Contains("pong", StringComparison.Ordinal) == true;
            },
            "a connection that is taken");
        return client!;
    }
}

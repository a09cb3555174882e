using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Tests.Sessions;

public class ResumeTests
{
    [Fact]
    public async Task What_was_sent_while_a_member_was_away_is_there_when_it_comes_back()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea", "Ann");
        using var bob = await server.JoinAsync("tea", "Bob");
        await ann.ReceiveAsync<Joined>();

        bob.Break();
        await server.AwayAsync(bob);
        for (var seq = 1; seq <= 10; seq++) await ann.SendSignalAsync(bob.Member, seq, $"{seq}");
        Assert.Empty(await ann.DrainAsync());

        using var again = await server.ConnectAsync();
        var welcome = await again.HelloAsync("tea", "Bob", bob.Welcomed.Session);
        Assert.True(welcome.Resumed);
        Assert.Equal(bob.Member, welcome.Member);
        Assert.Equal([new(ann.Member, "Ann", Role.Polite)], welcome.Members);
        for (var seq = 1; seq <= 10; seq++) Assert.Equal(seq, (await again.ReceiveAsync<Signal>()).Seq);
        Assert.Empty(await again.DrainAsync());
        Assert.Empty(await ann.DrainAsync());
    }

    [Fact]
    public async Task What_went_into_a_dead_connection_is_sent_again_and_what_was_acknowledged_is_not()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();
        for (var seq = 1; seq <= 4; seq++) await ann.SendSignalAsync(bob.Member, seq);
        await bob.ReceiveAsync<Signal>();
        await bob.ReceiveAsync<Signal>();
        await bob.SendAsync(new SendAck(ann.Member, 2));
        Assert.Equal(new(bob.Member, 2), await ann.ReceiveAsync<Ack>());

        bob.Break();
        using var again = await server.ConnectAsync();
        await again.HelloAsync("tea", null, bob.Welcomed.Session);

        Assert.Equal([3, 4], (await again.DrainAsync()).Cast<Signal>().Select(signal => signal.Seq));
    }

    [Fact]
    public async Task An_acknowledgement_that_came_while_its_member_was_away_is_told_on_return()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();
        await bob.SendSignalAsync(ann.Member, 1);
        await ann.ReceiveAsync<Signal>();

        bob.Break();
        await server.AwayAsync(bob);
        await ann.SendAsync(new SendAck(bob.Member, 1));
        await ann.DrainAsync();
        using var again = await server.ConnectAsync();
        await again.HelloAsync("tea", null, bob.Welcomed.Session);

        Assert.Equal(new(ann.Member, 1), await again.ReceiveAsync<Ack>());
    }

    [Fact]
    public async Task A_signal_sent_again_after_a_resume_is_passed_on_but_kept_once()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();
        await bob.SendSignalAsync(ann.Member, 1, "\"once\"");
        await ann.ReceiveAsync<Signal>();

        bob.Break();
        using var bobAgain = await server.ConnectAsync();
        await bobAgain.HelloAsync("tea", null, bob.Welcomed.Session);
        await bobAgain.SendSignalAsync(ann.Member, 1, "\"once\"");
        await bobAgain.SendSignalAsync(ann.Member, 2, "\"twice\"");

        // So that it acknowledges again; it drops the message itself by its number.
        Assert.Equal(1, (await ann.ReceiveAsync<Signal>()).Seq);
        Assert.Equal(2, (await ann.ReceiveAsync<Signal>()).Seq);
        using var annAgain = await server.ConnectAsync();
        await annAgain.HelloAsync("tea", null, ann.Welcomed.Session);
        Assert.Equal([1, 2], (await annAgain.DrainAsync()).OfType<Signal>().Select(signal => signal.Seq));
    }

    [Fact]
    public async Task A_resume_closes_the_earlier_connection_and_nobody_else_notices()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        using var elsewhere = await server.ConnectAsync();
        Assert.True((await elsewhere.HelloAsync("tea", null, bob.Welcomed.Session)).Resumed);

        Assert.Equal(CloseCode.ResumedElsewhere, (await bob.ReceiveCloseAsync()).Code);
        server.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(await ann.DrainAsync());
        await ann.SendSignalAsync(bob.Member, 1);
        await elsewhere.ReceiveAsync<Signal>();
    }

    [Fact]
    public async Task A_member_that_does_not_come_back_is_gone_when_the_window_has_passed_and_not_before()
    {
        await using var server = await TestServer.StartAsync(("limits:resumeWindow", "00:00:30"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        bob.Break();
        await server.AwayAsync(bob);
        server.Clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Empty(await ann.DrainAsync());
        server.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(new(bob.Member, "lost"), await ann.ReceiveAsync<Left>());

        using var late = await server.ConnectAsync();
        var welcome = await late.HelloAsync("tea", null, bob.Welcomed.Session);
        Assert.False(welcome.Resumed);
        Assert.NotEqual(bob.Member, welcome.Member);
        Assert.NotEqual(bob.Welcomed.Session, welcome.Session);
    }

    [Fact]
    public async Task A_return_in_time_stops_the_window()
    {
        await using var server = await TestServer.StartAsync(("limits:resumeWindow", "00:00:30"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        bob.Break();
        await server.AwayAsync(bob);
        server.Clock.Advance(TimeSpan.FromSeconds(20));
        using var again = await server.ConnectAsync();
        await again.HelloAsync("tea", null, bob.Welcomed.Session);
        server.Clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Empty(await ann.DrainAsync());
    }

    [Fact]
    public async Task A_window_that_passes_in_the_moment_of_a_return_ends_nothing()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        // What the window's timer does when it went off and the return was faster.
        await server.SessionOf(bob).EndAsync(null, "lost");

        Assert.Empty(await ann.DrainAsync());
        await bob.SendSignalAsync(ann.Member, 1);
        Assert.Equal(1, (await ann.ReceiveAsync<Signal>()).Seq);
    }

    [Theory]
    [InlineData("no-such-token")]
    [InlineData("")]
    public async Task A_token_nobody_gave_joins_anew(string token)
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.ConnectAsync();

        Assert.False((await ann.HelloAsync("tea", null, token)).Resumed);
    }

    [Fact]
    public async Task A_token_opens_its_own_room_only()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var other = await server.ConnectAsync();

        var welcome = await other.HelloAsync("coffee", null, ann.Welcomed.Session);

        Assert.False(welcome.Resumed);
        Assert.Equal("coffee", welcome.Room);
    }

    [Fact]
    public async Task Tokens_and_members_are_long_and_never_the_same()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");

        Assert.Equal((22, 43), (ann.Member.Length, ann.Welcomed.Session.Length));
        Assert.NotEqual(ann.Member, bob.Member);
        Assert.NotEqual(ann.Welcomed.Session, bob.Welcomed.Session);
    }

    [Fact]
    public async Task A_client_that_closes_with_1000_has_left()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        await bob.CloseAsync(1000);

        Assert.Equal(new(bob.Member, "left"), await ann.ReceiveAsync<Left>());
    }

    // A suspended page, a script's close() without a code, the page's own code for a slow connection, and any other.
    [Theory]
    [InlineData(1001)]
    [InlineData(1005)]
    [InlineData(1011)]
    [InlineData(4007)]
    [InlineData(3999)]
    public async Task A_client_that_closes_with_any_other_code_may_come_back(int code)
    {
        await using var server = await TestServer.StartAsync(("limits:resumeWindow", "00:00:30"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        await bob.CloseAsync(code);
        await server.AwayAsync(bob);
        server.Clock.Advance(TimeSpan.FromSeconds(29));

        Assert.Empty(await ann.DrainAsync());
        using var again = await server.ConnectAsync();
        Assert.True((await again.HelloAsync("tea", null, bob.Welcomed.Session)).Resumed);
    }

    [Fact]
    public async Task Who_said_leave_has_left_whatever_code_follows()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        await bob.SendAsync(new Leave());
        await bob.CloseAsync(1001);

        Assert.Equal(new(bob.Member, "left"), await ann.ReceiveAsync<Left>());
    }

    [Fact]
    public async Task Somebody_who_came_and_went_while_a_member_was_away_leaves_no_trace()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea", "Bob");
        await ann.ReceiveAsync<Joined>();
        ann.Break();
        await server.AwayAsync(ann);
        using var cat = await server.JoinAsync("tea", "Cat");
        await cat.SendSignalAsync(ann.Member, 1);
        await cat.SendAsync(new Leave());
        await cat.ReceiveCloseAsync();

        using var again = await server.ConnectAsync();
        var welcome = await again.HelloAsync("tea", null, ann.Welcomed.Session);

        Assert.Equal([new(bob.Member, "Bob", Role.Impolite)], welcome.Members);
        Assert.Empty(await again.DrainAsync());
    }
}

using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Tests.Sessions;

public class DeliveryTests
{
    [Fact]
    public async Task Sequence_and_acknowledgement_pass_through_in_both_directions()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        await bob.SendSignalAsync(ann.Member, 1, ack: 0);
        await bob.SendSignalAsync(ann.Member, 2, ack: 0);
        Assert.Equal((1, 0), Numbers(await ann.ReceiveAsync<Signal>()));
        Assert.Equal((2, 0), Numbers(await ann.ReceiveAsync<Signal>()));
        await ann.SendSignalAsync(bob.Member, 1, ack: 2);
        Assert.Equal((1, 2), Numbers(await bob.ReceiveAsync<Signal>()));
        await bob.SendAsync(new SendAck(ann.Member, 1));
        Assert.Equal(new(bob.Member, 1), await ann.ReceiveAsync<Ack>());

        static (long, long) Numbers(Signal signal) => (signal.Seq, signal.Ack);
    }

    [Fact]
    public async Task A_signal_goes_to_its_member_only()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        using var cat = await server.JoinAsync("tea");

        await bob.SendSignalAsync(cat.Member, 1);

        await cat.ReceiveAsync<Signal>();
        Assert.DoesNotContain(await ann.DrainAsync(), message => message is Signal);
    }

    [Fact]
    public async Task Rooms_do_not_reach_into_each_other()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("coffee");

        await bob.SendSignalAsync(ann.Member, 1);
        await bob.SendAsync(new SendAck(ann.Member, 0));

        Assert.Equal((ErrorCodes.NoSuchMember, ann.Member), Name(await bob.ReceiveAsync<Error>()));
        Assert.Equal((ErrorCodes.NoSuchMember, ann.Member), Name(await bob.ReceiveAsync<Error>()));
        Assert.Empty(await ann.DrainAsync());

        static (string, string?) Name(Error error) => (error.Code, error.To);
    }

    [Fact]
    public async Task A_number_left_out_is_refused_with_the_one_that_comes_next()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await bob.SendSignalAsync(ann.Member, 1);

        await bob.SendSignalAsync(ann.Member, 3);

        var error = await bob.ReceiveAsync<Error>();
        Assert.Equal((ErrorCodes.Gap, ann.Member, 2, false), (error.Code, error.To, error.Seq, error.Fatal));
        Assert.Equal([1], (await ann.DrainAsync()).OfType<Signal>().Select(signal => signal.Seq));
    }

    [Fact]
    public async Task A_sender_whose_outbox_is_full_is_told_and_goes_on_after_an_acknowledgement()
    {
        await using var server = await TestServer.StartAsync(("limits:outbox", "3"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        ann.Break();
        await server.AwayAsync(ann);
        for (var seq = 1; seq <= 4; seq++) await bob.SendSignalAsync(ann.Member, seq);

        var error = await bob.ReceiveAsync<Error>();
        Assert.Equal((ErrorCodes.OutboxFull, ann.Member, 4, false), (error.Code, error.To, error.Seq, error.Fatal));

        using var again = await server.ConnectAsync();
        await again.HelloAsync("tea", null, ann.Welcomed.Session);
        for (var seq = 1; seq <= 3; seq++) Assert.Equal(seq, (await again.ReceiveAsync<Signal>()).Seq);
        await again.SendAsync(new SendAck(bob.Member, 3));
        await bob.ReceiveAsync<Ack>();
        await bob.SendSignalAsync(ann.Member, 4);
        Assert.Equal(4, (await again.ReceiveAsync<Signal>()).Seq);
    }

    [Fact]
    public async Task An_outbox_is_bounded_in_bytes_too()
    {
        await using var server = await TestServer.StartAsync(("limits:outboxBytes", "4096"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        var payload = $"\"{new string('x', 3000)}\"";

        await bob.SendSignalAsync(ann.Member, 1, payload);
        await bob.SendSignalAsync(ann.Member, 2, payload);

        Assert.Equal(ErrorCodes.OutboxFull, (await bob.ReceiveAsync<Error>()).Code);
    }

    [Fact]
    public async Task What_was_never_sent_cannot_be_acknowledged()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        await bob.SendAsync(new SendAck(ann.Member, 1));

        Assert.Equal(ErrorCodes.BadAck, (await bob.ReceiveAsync<Error>()).Code);
        Assert.Empty(await ann.DrainAsync());
    }

    [Fact]
    public async Task A_signal_for_a_member_that_left_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.SendAsync(new Leave());
        await bob.ReceiveAsync<Left>();

        await bob.SendSignalAsync(ann.Member, 1);

        Assert.Equal(ErrorCodes.NoSuchMember, (await bob.ReceiveAsync<Error>()).Code);
    }
}

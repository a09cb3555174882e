using Causeway.Signalling.Rooms;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Causeway.Signalling.Tests.Rooms;

public class RoomTests
{
    [Fact]
    public async Task A_newcomer_is_polite_and_those_before_it_are_not()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea", "Ann");
        using var bob = await server.JoinAsync("tea", "Bob");
        using var cat = await server.JoinAsync("tea", "Cat");

        Assert.Empty(ann.Welcomed.Members);
        Assert.Equal([new(ann.Member, "Ann", Role.Polite)], bob.Welcomed.Members);
        Assert.Equal([new(ann.Member, "Ann", Role.Polite), new(bob.Member, "Bob", Role.Polite)], cat.Welcomed.Members);
        Assert.Equal(new(bob.Member, "Bob", Role.Impolite), await ann.ReceiveAsync<Joined>());
        Assert.Equal(new(cat.Member, "Cat", Role.Impolite), await ann.ReceiveAsync<Joined>());
        Assert.Equal(new(cat.Member, "Cat", Role.Impolite), await bob.ReceiveAsync<Joined>());
    }

    [Fact]
    public async Task Members_hear_at_once_of_one_who_leaves()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        await bob.SendAsync(new Leave());

        Assert.Equal(new(bob.Member, "left"), await ann.ReceiveAsync<Left>());
        Assert.Equal(CloseCode.Bye, (await bob.ReceiveCloseAsync()).Code);
    }

    [Fact]
    public async Task A_signal_passes_with_its_payload_byte_for_byte()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        const string Payload = """{"z":1e400,"a":"\u00e9\ud83d","n":1.50,"deep":[[[null]]]}""";

        await bob.SendSignalAsync(ann.Member, 1, Payload);

        await ann.ReceiveAsync<Joined>();
        var signal = await ann.ReceiveAsync<Signal>();
        Assert.Equal((bob.Member, 1, 0), (signal.From, signal.Seq, signal.Ack));
        Assert.Equal(Payload, System.Text.Encoding.UTF8.GetString(signal.Payload.Utf8.Span));
    }

    [Fact]
    public async Task Who_could_not_be_let_in_takes_no_place_in_the_room()
    {
        var router = new FailingRouter();
        await using var server = await TestServer.StartAsync(
            services => services.AddSingleton<ISessionRouter>(provider => router.Around(provider)), ("limits:roomMembers", "2"));
        using var ann = await server.JoinAsync("tea");

        router.JoinedFails = true;
        using var bob = await server.ConnectAsync();
        await bob.SendAsync(new Hello("tea"));
        Assert.Equal(CloseCode.Internal, (await bob.ReceiveCloseAsync()).Code);

        router.JoinedFails = false;
        using var cat = await server.JoinAsync("tea", "Cat");
        Assert.Equal([new(ann.Member, "Guest", Role.Polite)], cat.Welcomed.Members);
        Assert.Equal([new Joined(cat.Member, "Cat", Role.Impolite)], await ann.DrainAsync());
    }

}

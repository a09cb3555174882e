using Causeway.Signalling.Rooms;
using Causeway.Signalling.Sessions;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Causeway.Signalling.Tests.Rooms;

/// <summary>What a room and a session know of each other is renewed, and ends when it is not.</summary>
public class LeaseTests
{
    private static readonly TimeSpan Interval = RoomGrain.RenewalInterval;

    [Fact]
    public async Task A_member_whose_leave_never_reached_its_room_is_gone_at_the_next_renewal_and_holds_no_place()
    {
        await using var server = await TestServer.StartAsync(("limits:roomMembers", "2"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        // Its session is no more, and its room was not told: what a node that dies leaves behind, or a leave that failed.
        server.App.Services.GetRequiredService<SessionDirectory>().Remove(server.SessionOf(bob));
        using var cat = await server.ConnectAsync();
        await cat.SendAsync(new Hello("tea"));
        Assert.Equal(CloseCode.RoomFull, (await cat.ReceiveCloseAsync()).Code);
        server.Clock.Advance(Interval);

        Assert.Equal(new(bob.Member, "lost"), await ann.ReceiveAsync<Left>());
        using var dan = await server.JoinAsync("tea");
        Assert.Single(dan.Welcomed.Members);
    }

    [Fact]
    public async Task A_room_whose_members_are_all_gone_takes_others()
    {
        await using var server = await TestServer.StartAsync(("limits:roomMembers", "2"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");

        foreach (var ghost in new[] { ann, bob })
            server.App.Services.GetRequiredService<SessionDirectory>().Remove(server.SessionOf(ghost));
        server.Clock.Advance(Interval);

        await TestServer.EventuallyAsync(
            async () =>
            {
                using var cat = await server.ConnectAsync();
                await cat.SendAsync(new Hello("tea"));
                return (await cat.ReceiveTextAsync())!.Contains("\"members\":[]", StringComparison.Ordinal);
            },
            "the end of the ghosts");
    }

    [Fact]
    public async Task A_member_that_cannot_be_asked_for_stays_for_the_length_of_a_lease_and_no_longer()
    {
        var router = new FailingRouter();
        await using var server = await TestServer.StartAsync(
            services => services.AddSingleton<ISessionRouter>(provider => router.Around(provider)));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();
        var room = server.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IRoomGrain>("tea");

        router.RenewFails = true;
        server.Clock.Advance(RoomGrain.Lease - TimeSpan.FromSeconds(1));
        await room.RenewAsync();
        Assert.Empty(await ann.DrainAsync());
        router.RenewFails = false;
        await room.RenewAsync();

        router.RenewFails = true;
        server.Clock.Advance(RoomGrain.Lease - TimeSpan.FromSeconds(1));
        await room.RenewAsync();
        Assert.Empty(await ann.DrainAsync());
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        await room.RenewAsync();

        using var cat = await server.JoinAsync("tea");
        Assert.Empty(cat.Welcomed.Members);
    }

    [Fact]
    public async Task Who_joins_among_late_goodbyes_to_a_room_that_has_ended_is_let_in()
    {
        await using var server = await TestServer.StartAsync();
        for (var round = 0; round < 20; round++)
        {
            var name = $"tea{round}";
            var room = server.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IRoomGrain>(name);
            using (await server.JoinAsync(name)) { }
            var late = Enumerable.Range(0, 10).Select(number => room.LeaveAsync($"gone{number}", "left")).ToList();
            using var ann = await server.JoinAsync(name);
            await Task.WhenAll(late);
            using var bob = await server.JoinAsync(name);
            Assert.Contains(bob.Welcomed.Members, member => member.Member == ann.Member);
        }
    }

    [Fact]
    public async Task Members_that_are_there_stay_whatever_time_passes()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        for (var minute = 0; minute < 20; minute++)
        {
            server.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.All(await ann.DrainAsync(), message => Assert.IsType<NewIceServers>(message));
        }

        // Nor does a pause of everything, as of a machine that was suspended.
        server.Clock.Advance(TimeSpan.FromHours(3));
        Assert.All(await ann.DrainAsync(), message => Assert.IsType<NewIceServers>(message));
        await bob.SendSignalAsync(ann.Member, 1);
        Assert.Equal(1, (await ann.ReceiveAsync<Signal>()).Seq);
    }

    [Fact]
    public async Task What_a_session_was_not_told_it_hears_at_the_next_renewal()
    {
        var router = new FailingRouter();
        await using var server = await TestServer.StartAsync(
            services => services.AddSingleton<ISessionRouter>(provider => router.Around(provider)));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        using var cat = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();
        await ann.ReceiveAsync<Joined>();

        router.LeftFails = true;
        await bob.SendAsync(new Leave());
        await bob.ReceiveCloseAsync();
        Assert.Empty(await ann.DrainAsync());
        server.Clock.Advance(Interval);

        Assert.Equal(new(bob.Member, "lost"), await ann.ReceiveAsync<Left>());
        Assert.Equal(new(bob.Member, "lost"), await cat.ReceiveAsync<Left>());
    }

    [Fact]
    public async Task A_session_that_its_room_has_lost_ends_and_its_client_joins_anew()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        await ann.ReceiveAsync<Joined>();

        await server.App.Services.GetRequiredService<IGrainFactory>().GetGrain<IRoomGrain>("tea").LeaveAsync(bob.Member, "lost");
        Assert.Equal(new(bob.Member, "lost"), await ann.ReceiveAsync<Left>());
        server.Clock.Advance(RoomGrain.Lease);

        Assert.Equal(CloseCode.Internal, (await bob.ReceiveCloseAsync()).Code);
        using var again = await server.ConnectAsync();
        Assert.False((await again.HelloAsync("tea", null, bob.Welcomed.Session)).Resumed);
        Assert.Equal(again.Member, (await ann.ReceiveAsync<Joined>()).Member);
    }
}

using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Tests.Sessions;

/// <summary>A client's key: what stays of it when its session does not.</summary>
public class ClientKeyTests
{
    private const string BobsKey = "bobs-key-bobs-key-bobs-key", AnothersKey = "anothers-key-anothers-key";

    [Fact]
    public async Task A_client_is_known_again_by_its_key_after_a_restart_of_the_server()
    {
        string member, client;
        await using (var before = await TestServer.StartAsync())
        {
            using var bob = await JoinAsync(before, "tea", BobsKey);
            using var ann = await before.JoinAsync("tea");
            (member, client) = (bob.Member, Assert.Single(ann.Welcomed.Members).Client!);
        }

        await using var after = await TestServer.StartAsync();
        using var annAgain = await after.JoinAsync("tea");
        using var bobAgain = await JoinAsync(after, "tea", BobsKey);

        var joined = await annAgain.ReceiveAsync<Joined>();
        Assert.Equal(client, joined.Client);
        Assert.NotEqual(member, joined.Member);
    }

    [Fact]
    public async Task What_others_are_shown_of_a_key_does_not_let_them_pass_for_its_owner()
    {
        await using var server = await TestServer.StartAsync();
        using var bob = await JoinAsync(server, "tea", BobsKey);
        using var eve = await JoinAsync(server, "tea", AnothersKey);
        var shown = Assert.Single(eve.Welcomed.Members).Client!;
        Assert.DoesNotContain(BobsKey, shown, StringComparison.Ordinal);
        await bob.ReceiveAsync<Joined>();

        // As a key, and as what it replaces.
        using var mallory = await JoinAsync(server, "tea", shown, replaces: shown);

        Assert.NotEqual(shown, (await bob.ReceiveAsync<Joined>()).Client);
        Assert.Empty(await bob.DrainAsync());
        Assert.Equal(2, mallory.Welcomed.Members.Count);
    }

    [Fact]
    public async Task A_key_is_shown_as_another_one_in_another_room()
    {
        await using var server = await TestServer.StartAsync();
        using var inTea = await JoinAsync(server, "tea", BobsKey);
        using var inCoffee = await JoinAsync(server, "coffee", BobsKey);
        using var ann = await server.JoinAsync("tea");
        using var cat = await server.JoinAsync("coffee");

        Assert.NotEqual(ann.Welcomed.Members[0].Client, cat.Welcomed.Members[0].Client);
        Assert.Empty((await inTea.DrainAsync()).OfType<Left>());
    }

    [Theory]
    [InlineData(BobsKey, null)]
    [InlineData(AnothersKey, BobsKey)]
    public async Task A_client_takes_the_place_of_its_own_ghost(string key, string? replaces)
    {
        await using var server = await TestServer.StartAsync(("limits:roomMembers", "2"), ("limits:sessions", "2"));
        using var ann = await server.JoinAsync("tea");
        using var ghost = await JoinAsync(server, "tea", BobsKey);
        await ann.ReceiveAsync<Joined>();
        // Its page crashed; nothing said leave.
        ghost.Break();
        await server.AwayAsync(ghost);

        using var bob = await JoinAsync(server, "tea", key, replaces);

        Assert.Equal([ann.Member], bob.Welcomed.Members.Select(member => member.Member));
        // In this order, so that a page can hand its connection over.
        Assert.Equal(bob.Member, (await ann.ReceiveAsync<Joined>()).Member);
        Assert.Equal(new(ghost.Member, "replaced"), await ann.ReceiveAsync<Left>());
        Assert.Empty(await ann.DrainAsync());
    }

    [Fact]
    public async Task A_ghost_whose_connection_seems_alive_is_closed()
    {
        await using var server = await TestServer.StartAsync();
        using var ghost = await JoinAsync(server, "tea", BobsKey);

        using var bob = await JoinAsync(server, "tea", BobsKey);

        Assert.Empty(bob.Welcomed.Members);
        Assert.Equal(CloseCode.ResumedElsewhere, (await ghost.ReceiveCloseAsync()).Code);
        using var late = await server.ConnectAsync();
        Assert.False((await late.HelloAsync("tea", null, ghost.Welcomed.Session)).Resumed);
    }

    [Fact]
    public async Task Without_a_key_nobody_is_replaced()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");

        Assert.Null(Assert.Single(bob.Welcomed.Members).Client);
        Assert.Null((await ann.ReceiveAsync<Joined>()).Client);
    }

    [Theory]
    [InlineData("too-short")]
    [InlineData("twenty-two-characters-but-no-$")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task A_key_that_could_be_guessed_or_is_none_is_refused(string key)
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.ConnectAsync();

        await ann.SendAsync(new Hello("tea", Key: key));
        Assert.Contains("hello.key", (await ann.ReceiveAsync<Error>()).Message, StringComparison.Ordinal);
        await ann.SendAsync(new Hello("tea", Replaces: key));
        Assert.Contains("hello.replaces", (await ann.ReceiveAsync<Error>()).Message, StringComparison.Ordinal);
    }

    private static async Task<TestClient> JoinAsync(TestServer server, string room, string key, string? replaces = null)
    {
        var client = await server.ConnectAsync();
        await client.HelloAsync(room, key: key, replaces: replaces);
        return client;
    }
}

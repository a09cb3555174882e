using System.Text.Json;
using Causeway.Signalling.Names;
using Causeway.Signalling.Tests.Page;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Causeway.Tests.Support.Running;

namespace Causeway.Signalling.Tests.Names;

/// <summary>tests/vectors/names.json against the server and against the page's own modules.</summary>
public class NameTests
{
    private static readonly JsonElement Cases = JsonDocument.Parse(File.ReadAllText(Vectors)).RootElement;

    private static string Vectors => Path.Combine(AppContext.BaseDirectory, "names.json");

    public static TheoryData<string, string?> Rooms => All("rooms");

    public static TheoryData<string, string?> Members => All("members");

    [Theory, MemberData(nameof(Rooms))]
    public void A_room_has_one_name_in_every_spelling(string given, string? name)
    {
        Assert.Equal(name, RoomName.TryRead(given, out var room) ? room : null);
        if (name is not null)
            Assert.True(RoomName.TryRead(name, out var again) && again == name, "its canonical form is one of its spellings");
    }

    [Theory, MemberData(nameof(Members))]
    public void A_member_is_called_what_can_be_seen(string given, string? name)
    {
        // Half characters and control characters never come this far: JSON's reader and the message's rules refuse them, and the page does
        // not send them.
        if (!MemberName.IsWellFormed(given) || given.Any(char.IsControl)) return;
        Assert.Equal(name, MemberName.Of(given));
        Assert.Equal(name, MemberName.Of(name));
    }

    [Fact]
    public async Task The_page_takes_the_rooms_that_the_server_takes_and_sends_names_that_it_takes()
    {
        var page = await PageAsync();
        foreach (var (index, (given, name)) in Pairs("rooms").Index())
        {
            var answer = page.GetProperty("rooms")[index];
            Assert.True(answer.GetProperty("taken").GetBoolean() == name is not null, given);
            if (name is not null) Assert.Equal(name, answer.GetProperty("read").GetProperty("room").GetString());
            // Whatever is proposed in its place is a name, or nothing is.
            var proposed = answer.GetProperty("proposed").GetString()!;
            Assert.True(proposed.Length == 0 || RoomName.TryRead(proposed, out _), $"{given} → {proposed}");
        }

        foreach (var (index, (_, name)) in Pairs("members").Index())
        {
            var sent = page.GetProperty("members")[index].GetString();
            Assert.Null(MessageRules.Fault(new Hello("tea", sent)));
            Assert.Equal(name, MemberName.Of(sent));
        }
    }

    [Fact]
    public async Task The_welcome_says_the_names_and_those_who_have_none_are_told_apart()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("E\u0301te\u0301", " Jose\u0301\u200b ");
        using var bob = await server.JoinAsync("été");
        using var cat = await server.JoinAsync("ÉTÉ", "\u200b");
        using var dan = await server.JoinAsync("été", "guest");

        Assert.All([ann, bob, cat, dan], client => Assert.Equal("été", client.Welcomed.Room));
        Assert.Equal(["José", "Guest", "Guest 2", "Guest 3"], new[] { ann, bob, cat, dan }.Select(client => client.Welcomed.Name));
        Assert.Equal(["José", "Guest", "Guest 2"], dan.Welcomed.Members.Select(member => member.Name));
        Assert.Equal("Guest", (await ann.ReceiveAsync<Joined>()).Name);

        // A name that is free again is the next one's; a resumed session keeps its own.
        await bob.SendAsync(new Leave());
        await bob.ReceiveCloseAsync();
        using var eve = await server.JoinAsync("été");
        Assert.Equal("Guest", eve.Welcomed.Name);
        using var again = await server.ConnectAsync();
        var resumed = await again.HelloAsync("Été", null, cat.Welcomed.Session);
        Assert.Equal((true, "Guest 2"), (resumed.Resumed, resumed.Name));
    }

    private static async Task<JsonElement> PageAsync()
    {
        Node.SkipIfMissing();
        await using var node = await Run.ToEnd("node", Checkout.At("tests", "Signalling.Tests", "Names", "page.mjs"), Vectors);
        Assert.True(node.ExitCode == 0, node.Errors);
        return JsonDocument.Parse(node.Output).RootElement;
    }

    private static IEnumerable<(string Given, string? Name)> Pairs(string kind) =>
        Cases.GetProperty(kind).EnumerateArray().Select(pair => (Raw(pair.GetProperty("given")), pair.GetProperty("name").GetString()));

    // Half characters, which .NET's JSON does not give out as text.
    private static string Raw(JsonElement text) =>
        text.GetRawText().Contains("\\ud83d", StringComparison.OrdinalIgnoreCase)
            ? text.GetRawText().Trim('"').Replace("\\ud83d", "\ud83d", StringComparison.OrdinalIgnoreCase)
            : text.GetString()!;

    private static TheoryData<string, string?> All(string kind)
    {
        var data = new TheoryData<string, string?>();
        foreach (var (given, name) in Pairs(kind)) data.Add(given, name);
        return data;
    }
}

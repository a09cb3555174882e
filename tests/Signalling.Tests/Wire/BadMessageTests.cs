using System.Text;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using CsCheck;

namespace Causeway.Signalling.Tests.Wire;

public class BadMessageTests
{
    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("hello", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("""{"type":"leave"}{}""", "not valid JSON")]
    [InlineData("null", "not a JSON object")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("\"hello\"", "not a JSON object")]
    [InlineData("{}", "no \"type\"")]
    [InlineData("""{"room":"tea"}""", "no \"type\"")]
    [InlineData("""{"type":"shout"}""", "\"type\" is unknown")]
    [InlineData("""{"type":7}""", "\"type\" is not a string")]
    [InlineData("""{"type":null}""", "\"type\" is not a string")]
    [InlineData("""{"type":"hello"}""", "lacks room")]
    [InlineData("""{"type":"hello","room":7}""", "$.room")]
    [InlineData("""{"type":"hello","room":null}""", "$.room")]
    [InlineData("""{"type":"hello","room":"tea","room":"coffee"}""", "twice")]
    [InlineData("""{"type":"hello","room":""}""", "hello.room")]
    [InlineData("""{"type":"hello","room":"tea time"}""", "hello.room")]
    [InlineData("""{"type":"hello","room":"tea\n"}""", "hello.room")]
    [InlineData("""{"type":"hello","room":"\ud83d"}""", "$.room")]
    [InlineData("""{"type":"hello","room":"tea","name":"a\u0007"}""", "hello.name")]
    [InlineData("""{"type":"signal","to":"x","seq":1,"ack":0}""", "lacks payload")]
    [InlineData("""{"type":"signal","to":"x","seq":0,"ack":0,"payload":1}""", "signal.seq")]
    [InlineData("""{"type":"signal","to":"x","seq":1,"ack":-1,"payload":1}""", "signal.ack")]
    [InlineData("""{"type":"signal","to":"x","seq":1.5,"ack":0,"payload":1}""", "$.seq")]
    [InlineData("""{"type":"signal","to":"x","seq":"1","ack":0,"payload":1}""", "$.seq")]
    [InlineData("""{"type":"signal","to":"x","seq":99999999999999999999,"ack":0,"payload":1}""", "$.seq")]
    [InlineData("""{"type":"ack","to":"x","ack":9007199254740992}""", "ack.ack")]
    public void A_message_that_is_none_is_explained(string text, string words)
    {
        var read = WireJson.TryRead(Encoding.UTF8.GetBytes(text), out var message, out var fault);
        var explained = read ? MessageRules.Fault(message!) : fault;

        Assert.NotNull(explained);
        Assert.Contains(words, explained, StringComparison.Ordinal);
        Assert.DoesNotContain("Causeway.", explained, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", explained, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var deep = $$"""{"type":"signal","to":"x","seq":1,"ack":0,"payload":{{new string('[', 40)}}{{new string(']', 40)}}}""";

        Assert.False(WireJson.TryRead(Encoding.UTF8.GetBytes(deep), out _, out var fault));
        Assert.Contains("deeper than 32", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_properties_are_ignored_and_the_type_may_stand_last()
    {
        Assert.True(WireJson.TryRead("""{"room":"tea","colour":{"r":[1]},"type":"hello"}"""u8, out var message, out _));
        Assert.Equal(new Hello("tea"), message);
    }

    [Fact]
    public async Task Bad_messages_are_answered_and_then_closed_and_another_room_notices_nothing()
    {
        await using var server = await TestServer.StartAsync(("limits:badMessages", "3"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        using var cat = await server.JoinAsync("coffee");
        await ann.ReceiveAsync<Joined>();

        for (var i = 0; i < 3; i++)
        {
            await bob.SendTextAsync("nonsense");
            Assert.Equal((ErrorCodes.BadMessage, false), Kind(await bob.ReceiveAsync<Error>()));
        }

        await bob.SendTextAsync("nonsense");
        Assert.Equal((ErrorCodes.BadMessage, true), Kind(await bob.ReceiveAsync<Error>()));
        Assert.Equal(CloseCode.BadMessages, (await bob.ReceiveCloseAsync()).Code);
        Assert.Equal(new(bob.Member, "removed"), await ann.ReceiveAsync<Left>());
        Assert.Empty(await cat.DrainAsync());

        static (string, bool) Kind(Error error) => (error.Code, error.Fatal);
    }

    [Fact]
    public async Task Out_of_turn_messages_are_explained()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.ConnectAsync();

        await ann.SendSignalAsync("somebody", 1);
        Assert.Equal(ErrorCodes.NotJoined, (await ann.ReceiveAsync<Error>()).Code);
        await ann.HelloAsync("tea");
        await ann.SendAsync(new Hello("tea"));
        Assert.Equal(ErrorCodes.AlreadyJoined, (await ann.ReceiveAsync<Error>()).Code);
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_ends_that_connection_only()
    {
        await using var server = await TestServer.StartAsync();
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("coffee");

        await ann.SendRawAsync(new byte[] { 0xC3, 0x28 }, System.Net.WebSockets.WebSocketMessageType.Text);

        await server.AwayAsync(ann);
        Assert.Empty(await bob.DrainAsync());
    }

    // Whatever comes is read or explained, never thrown.
    [Fact]
    public void Reading_never_throws()
    {
        var fragment = OneOf(
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\"type\"", "\"hello\"", "\"signal\"", "\"room\"", "\"tea\"", "\"to\"", "\"seq\"",
            "\"ack\"", "\"payload\"", "null", "true",
            "-", "1", "0.5", "1e999", "\\ud83d", "\"\\ud83d\"", "\\u0000", "\u00e9", " ", "\n", "/*", "$type", "\"$ref\"", "\"$id\"");
        Gen.OneOf(fragment.Array[0, 30].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))), Gen.Byte.Array[0, 60])
            .Sample(Explained, iter: 20_000);
    }

    [Fact]
    public void Reading_damaged_messages_never_throws()
    {
        var whole = OneOf(
            """{"type":"hello","room":"tea","name":"Ann","resume":"x2cUv0sQvXWm7b0m"}""",
            """{"type":"signal","to":"Zk3vQ0rJ","seq":1,"ack":0,"payload":{"description":{"type":"offer","sdp":"v=0\r\n"}}}""",
            """{"type":"ack","to":"Zk3vQ0rJ","ack":1}""",
            """{"type":"leave"}""");
        Gen.Select(whole, Gen.Select(Gen.Int[0, 120], Gen.Byte).Array[1, 4])
            .Select((text, changes) =>
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                foreach (var (at, value) in changes) bytes[at % bytes.Length] = value;
                return bytes;
            })
            .Sample(Explained, iter: 20_000);
    }

    // Through the real socket: the server answers each one, and goes on serving.
    [Fact]
    public async Task A_storm_of_nonsense_leaves_the_server_well()
    {
        await using var server = await TestServer.StartAsync(("limits:badMessages", "1000"), ("limits:messagesPerSecond", "10000"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("coffee");

        await Gen.String[0, 40].SampleAsync(
            async nonsense =>
            {
                await ann.SendTextAsync(nonsense);
                await ann.ReceiveAsync<Error>();
            },
            iter: 300,
            threads: 1);

        Assert.Empty(await ann.DrainAsync());
        Assert.Empty(await bob.DrainAsync());
        Assert.DoesNotContain(server.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    private static Gen<string> OneOf(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(choice => choices[choice]);

    private static bool Explained(byte[] text)
    {
        var read = WireJson.TryRead(text, out var message, out var fault);
        if (read) _ = MessageRules.Fault(message!);
        return read ? message is not null && fault is null : !string.IsNullOrEmpty(fault);
    }
}

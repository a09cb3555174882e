using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;

namespace Causeway.Signalling.Tests.Clients;

public class JoinRateTests
{
    [Fact]
    public async Task One_address_gets_so_many_sessions_in_a_minute_and_a_credential_with_each_and_no_more()
    {
        await using var server = await TestServer.StartAsync(("limits:joinsPerAddress", "60"));
        var subjects = new HashSet<string>();
        var refused = 0;
        for (var i = 0; i < 100; i++)
        {
            using var client = await server.ConnectAsync();
            await client.SendAsync(new Hello($"room-{i}"));
            var text = await client.ReceiveTextAsync();
            if (text!.Contains("\"type\":\"welcome\"", StringComparison.Ordinal))
            {
                var at = text.IndexOf("\"username\":\"", StringComparison.Ordinal);
                subjects.Add(text[at..text.IndexOf('"', at + 12)]);
                continue;
            }

            Assert.Contains(ErrorCodes.AddressFull, text, StringComparison.Ordinal);
            Assert.Equal(CloseCode.AddressFull, (await client.ReceiveCloseAsync()).Code);
            refused++;
        }

        Assert.Equal((60, 40), (subjects.Count, refused));
    }

    [Fact]
    public async Task Who_comes_back_to_a_session_does_not_count_and_who_waits_is_let_in()
    {
        await using var server = await TestServer.StartAsync(("limits:joinsPerAddress", "2"));
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        for (var i = 0; i < 3; i++)
        {
            using var again = await server.ConnectAsync();
            Assert.True((await again.HelloAsync("tea", null, bob.Welcomed.Session)).Resumed);
        }

        using var early = await server.ConnectAsync();
        await early.SendAsync(new Hello("tea", Resume: "not a session's token"));
        Assert.Equal(CloseCode.AddressFull, (await early.ReceiveCloseAsync()).Code);
        server.Clock.Advance(TimeSpan.FromSeconds(30));
        using var cat = await server.JoinAsync("tea");
    }
}

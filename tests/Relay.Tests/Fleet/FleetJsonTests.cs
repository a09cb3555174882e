using System.Text;
using Causeway.Turn.Fleet;

namespace Causeway.Relay.Tests.Fleet;

public class FleetJsonTests
{
    private static readonly Heartbeat Sound = new()
    {
        Relay = "relay-1",
        Generation = "0123456789",
        Time = 1_800_000_000,
        Sequence = 1_800_000_000_123,
        State = RelayState.Ready,
        Load = new(3, 100, 4096),
        StunUrls = ["stun:relay.example.org:3478"],
        TurnUrls = ["turn:relay.example.org:3478?transport=udp", "turns:[2001:db8::1]:443?transport=tcp"],
        Heard = 7,
    };

    [Fact]
    public void A_heartbeat_stands_in_the_documentation_as_it_is_sent()
    {
        Assert.Equal(
            """{"relay":"relay-1","generation":"0123456789","time":1800000000,"sequence":1800000000123,"state":"ready","load":{"allocations":3,"capacity":100,"bytesPerSecond":4096},"stunUrls":["stun:relay.example.org:3478"],"turnUrls":["turn:relay.example.org:3478?transport=udp","turns:[2001:db8::1]:443?transport=tcp"],"heard":7}""",
            Encoding.UTF8.GetString(FleetJson.Write(Sound)));
        Assert.True(FleetJson.TryRead(FleetJson.Write(Sound), out Heartbeat? read, out _));
        Assert.Equal(Sound with { Load = read.Load, StunUrls = read.StunUrls, TurnUrls = read.TurnUrls }, read);
        Assert.Equal(Sound.TurnUrls, read.TurnUrls);
        Assert.Equal(Sound.Load, read.Load);
    }

    public static TheoryData<string, Heartbeat> Unsound => new()
    {
        { "relay:", Sound with { Relay = "" } },
        { "relay:", Sound with { Relay = new('a', 65) } },
        { "relay:", Sound with { Relay = "a\nb" } },
        { "generation:", Sound with { Generation = "ä" } },
        { "state:", Sound with { State = (RelayState)7 } },
        { "load:", Sound with { Load = null! } },
        { "load:", Sound with { Load = new(1, 0, 1) } },
        { "load:", Sound with { Load = new(-1, 1, 1) } },
        { "stunUrls:", Sound with { StunUrls = ["https://relay.example.org"] } },
        { "turnUrls:", Sound with { TurnUrls = [] } },
        { "turnUrls:", Sound with { TurnUrls = [null!] } },
        { "turnUrls:", Sound with { TurnUrls = ["turn:relay.example.org?transport=carrier-pigeon"] } },
        { "turnUrls:", Sound with { TurnUrls = ["turn:" + new string('a', 300)] } },
        { "turnUrls:", Sound with { TurnUrls = [.. Enumerable.Repeat("turn:relay.example.org", 17)] } },
    };

    [Theory, MemberData(nameof(Unsound), DisableDiscoveryEnumeration = true)]
    public void What_does_not_keep_to_its_bounds_is_named(string where, Heartbeat heartbeat) =>
        Assert.StartsWith(where, heartbeat.Fault(), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"relay":"one"}""")]
    [InlineData("""{"relay":{"relay":{"relay":{"relay":{"relay":{"relay":{"relay":{"relay":{"relay":1}}}}}}}}}""")]
    public void What_is_no_message_is_refused_with_a_reason(string json)
    {
        Assert.False(FleetJson.TryRead(Encoding.UTF8.GetBytes(json), out Heartbeat? _, out var heartbeat));
        Assert.False(FleetJson.TryRead(Encoding.UTF8.GetBytes(json), out Admission? _, out var admission));
        Assert.NotEmpty(heartbeat);
        Assert.NotEmpty(admission);
    }

    [Fact]
    public void An_answer_brings_no_more_revocations_than_its_bound()
    {
        var revocation = new Revocation(new('s', 200), 1_800_000_000);
        var full = new HeartbeatAnswer { Admitted = true, Revoke = [.. Enumerable.Repeat(revocation, HeartbeatAnswer.MaxRevocations)] };
        Assert.True(FleetJson.Write(full).Length <= Heartbeat.MaxAnswerBytes);
        Assert.True(FleetJson.TryRead(FleetJson.Write(full), out HeartbeatAnswer? _, out _));
        Assert.False(
            FleetJson.TryRead(FleetJson.Write(full with { Revoke = [.. full.Revoke, new("one more", 1)] }), out HeartbeatAnswer? _, out _));
    }

    [Fact]
    public void A_full_heartbeat_fits()
    {
        IReadOnlyList<string> Urls(string scheme) =>
            [.. Enumerable.Repeat(scheme + new string('a', 300 - scheme.Length), Heartbeat.MaxUrls)];
        var largest = Sound with
        {
            Relay = new('r', 64),
            Generation = new('g', 64),
            StunUrls = Urls("stuns:"),
            TurnUrls = Urls("turns:"),
            Sequence = long.MaxValue,
            Heard = long.MaxValue,
        };
        Assert.Null(largest.Fault());
        Assert.True(FleetJson.Write(largest).Length <= Heartbeat.MaxBytes);
    }
}

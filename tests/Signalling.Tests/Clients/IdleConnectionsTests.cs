using System.Net;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Options;
using Causeway.Signalling.Tests.Service;
using CsCheck;

namespace Causeway.Signalling.Tests.Clients;

public class IdleConnectionsTests
{
    private readonly List<string> _closed = [];

    [Fact]
    public void When_an_address_has_too_many_its_oldest_silent_one_goes()
    {
        var idle = Create(100, 2);
        var first = Enter(idle, "192.0.2.1", "first");
        Enter(idle, "192.0.2.1", "second");
        Enter(idle, "192.0.2.2", "another's");

        Enter(idle, "192.0.2.1", "third");
        Assert.Equal(["first"], _closed);
        Enter(idle, "192.0.2.1", "fourth");
        Assert.Equal(["first", "second"], _closed);

        // Its end comes later, and takes nothing from the others.
        first.Dispose();
        Assert.Equal(3, idle.Count);
    }

    [Fact]
    public void Silent_ones_go_before_idle_ones_and_those_before_busy_ones_and_sessions_never()
    {
        var idle = Create(3, 100);
        var session = Enter(idle, "192.0.2.1", "session");
        session.BeginRequest();
        session.BeginSession();
        Enter(idle, "192.0.2.2", "busy").BeginRequest();
        var served = Enter(idle, "192.0.2.3", "served");
        served.BeginRequest();
        served.EndRequest();
        Enter(idle, "192.0.2.4", "silent");

        Enter(idle, "192.0.2.5", "a").BeginRequest();
        Enter(idle, "192.0.2.6", "b").BeginRequest();
        Enter(idle, "192.0.2.7", "c").BeginRequest();

        Assert.Equal(["silent", "served", "busy"], _closed);
        session.EndSession();
        session.EndRequest();
        Enter(idle, "192.0.2.8", "d");
        Assert.Equal(["session", "a"], _closed[3..]);
    }

    [Fact]
    public void One_of_HTTP2_is_busy_until_its_last_request_is_answered_and_held_until_its_last_session_is_over()
    {
        var entry = Enter(Create(10, 10), "192.0.2.1", "one");
        Assert.Equal(IdleConnections.State.Silent, entry.Now);
        entry.BeginRequest();
        entry.BeginRequest();
        entry.EndRequest();
        Assert.Equal(IdleConnections.State.Busy, entry.Now);
        entry.BeginSession();
        entry.BeginSession();
        entry.EndSession();
        Assert.Equal(IdleConnections.State.Held, entry.Now);
        entry.EndSession();
        Assert.Equal(IdleConnections.State.Busy, entry.Now);
        entry.EndRequest();
        Assert.Equal(IdleConnections.State.Idle, entry.Now);
    }

    [Theory]
    [InlineData("2001:db8:0:{0:x}::1", 4)] // one /48, networks of 64 bits in different /56
    [InlineData("2001:db8:0:00{0:x2}::1", 2)] // one /56
    [InlineData("2001:db8::{0:x}", 1)] // one /64
    [InlineData("2001:db8:{0:x}::1", 500)] // other /48
    [InlineData("::ffff:192.0.2.1", 1)]
    public void An_owner_of_many_IPv6_addresses_has_no_more_than_a_few_shares(string pattern, int shares)
    {
        const int perAddress = 3;
        var idle = Create(10_000, perAddress);
        for (var i = 0; i < 500; i++)
        {
            // A network of 64 bits at a time, each with a connection or three.
            var isFourth = pattern.StartsWith("2001:db8:0:{0:x}::1", StringComparison.Ordinal);
            var number = isFourth ? i << 6 : i % 256;
            var address = string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, shares == 500 ? i : number);
            for (var j = 0; j < perAddress; j++) Enter(idle, address, address);
        }

        Assert.Equal(shares * perAddress, idle.Count);
    }

    [Fact]
    public void Those_of_a_named_proxy_count_in_the_sum_alone()
    {
        var idle = Create(10, 1);
        for (var i = 0; i < 12; i++) idle.Enter(IPAddress.Loopback, shared: true, () => _closed.Add("proxy's"));
        Assert.Equal((10, 2), (idle.Count, _closed.Count));
    }

    // Whatever happens in whatever order, the bounds hold and nothing is left behind.
    [Fact]
    public void The_bounds_hold_in_any_order_and_nothing_is_left() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 30], Gen.Int[0, 5]).Array[0, 200].Sample(steps =>
        {
            var idle = Create(12, 3);
            var entries = new List<(IdleConnections.Entry Entry, int[] Open)>();
            foreach (var (step, which, address) in steps)
            {
                if (step == 0 || entries.Count == 0)
                {
                    entries.Add((idle.Enter(IPAddress.Parse($"2001:db8:{address % 2}:{address}00::1"), shared: false, () => { }), [0, 0]));
                    if (idle.Count > 12) return false;
                    continue;
                }

                var (entry, open) = entries[which % entries.Count];
                switch (step)
                {
                    case 1: entry.BeginRequest(); open[0]++; break;
                    case 2 when open[0] > open[1]: entry.EndRequest(); open[0]--; break;
                    case 3 when open[0] > open[1]: entry.BeginSession(); open[1]++; break;
                    case 4 when open[1] > 0: entry.EndSession(); open[1]--; break;
                    default: entry.Dispose(); entries.Remove((entry, open)); break;
                }
            }

            foreach (var (entry, _) in entries) entry.Dispose();
            return idle.Count == 0;
        });

    private IdleConnections.Entry Enter(IdleConnections idle, string address, string name) =>
        idle.Enter(IPAddress.Parse(address), shared: false, () => _closed.Add(name));

    private static IdleConnections Create(int all, int perAddress)
    {
        var settings = TestSettings.Of(new SignallingLimitOptions { IdleConnections = all, IdleConnectionsPerAddress = perAddress });
        return new(settings, settings);
    }
}

using Causeway.Signalling.Ice;
using Causeway.Signalling.Options;
using Causeway.Signalling.Relays;
using Causeway.Signalling.Tests.Service;
using Causeway.Turn.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Signalling.Tests.Relays;

public class RelayRegistryTests
{
    private readonly FakeTimeProvider _clock = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private long _sequence;

    [Fact]
    public void The_least_busy_come_first_and_two_are_handed_out()
    {
        var registry = AdmittingAtOnce();
        Take(registry, Of("busy") with { Load = new(50, 100, 0) });
        Take(registry, Of("large") with { Load = new(60, 1000, 9000) });
        Take(registry, Of("loud") with { Load = new(1, 100, 9000) });
        Take(registry, Of("quiet") with { Load = new(1, 100, 10) });

        Assert.Equal(["quiet", "loud", "large", "busy"], registry.View().Usable.Select(relay => relay.Relay));
        Assert.Equal(["turn:quiet", "turn:loud"], Ice(new() { Secrets = ["s"] }, registry).Choose().TurnUrls);
    }

    [Fact]
    public void Silence_of_three_intervals_ends_it()
    {
        var registry = AdmittingAtOnce();
        Take(registry, Of("one"));
        _clock.Advance(TimeSpan.FromSeconds(14.9));
        Assert.Single(registry.View().Usable);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal((0, 0), (registry.View().Known, registry.View().Usable.Count));
    }

    [Theory, InlineData(RelayState.NotReady), InlineData(RelayState.Draining)]
    public void Only_what_is_ready_is_handed_out(RelayState state)
    {
        var registry = AdmittingAtOnce();
        Take(registry, Of("one"));
        Take(registry, Of("one") with { State = state });
        Assert.Equal(1, registry.View().Known);
        Assert.Empty(registry.View().Usable);
    }

    [Fact]
    public void A_full_relay_is_not_handed_out_and_who_was_handed_it_stays()
    {
        var registry = AdmittingAtOnce();
        Take(registry, Of("one") with { State = RelayState.Full });
        var ice = Ice(new() { TurnUrls = ["turn:settings"], Secrets = ["s"] }, registry);

        Assert.Equal((1, 0, 1), (registry.View().Known, registry.View().Ready, registry.View().Full));
        Assert.Equal(["turn:settings"], ice.Choose().TurnUrls);
        Assert.Equal(["turn:one", "turn:settings"], ice.Choose().Usable.Order());

        Take(registry, Of("two"));
        Assert.Equal(["turn:two"], ice.Choose().TurnUrls);
        Assert.Equal(["turn:one", "turn:two"], ice.Choose().Usable.Order());
    }

    [Fact]
    public void To_the_gate_a_full_relay_has_shown_that_it_relays()
    {
        var registry = Gated();
        Take(registry, Of("one") with { State = RelayState.Full });
        Assert.Equal(1, Admit(registry, 0, "aa").Ready);
    }

    [Theory, InlineData(0), InlineData(-1), InlineData(-1000)]
    public void A_heartbeat_comes_once_and_in_order(long step)
    {
        var registry = AdmittingAtOnce();
        Take(registry, Of("one") with { Sequence = 5000 });
        Assert.Equal("replayed", Refused(registry, Of("one") with { Sequence = 5000 + step }));
        // Each relay counts for itself.
        Take(registry, Of("two") with { Sequence = 5000 + step });
    }

    [Fact]
    public void A_recorded_heartbeat_brings_no_relay_back_that_is_gone()
    {
        var registry = AdmittingAtOnce();
        var recorded = Of("one");
        Take(registry, recorded);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("replayed", Refused(registry, recorded));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("stale", Refused(registry, recorded with { Sequence = long.MaxValue }));
        Assert.Equal(0, registry.View().Known);
    }

    [Fact]
    public void No_more_relays_are_kept_than_its_bound_and_those_long_gone_make_room()
    {
        var registry = AdmittingAtOnce();
        for (var i = 0; i < RelayRegistry.Capacity; i++) Take(registry, Of($"relay-{i}"));
        Assert.Equal("full", Refused(registry, Of("one-more")));
        _clock.Advance(TimeSpan.FromMinutes(3));
        Take(registry, Of("one-more"));
        Assert.Equal(1, registry.View().Known);
    }

    [Fact]
    public void What_was_issued_last_holds_whatever_comes_last()
    {
        var registry = Gated();
        Assert.True(Admit(registry, 0, "bb").Applied);
        var earlier = Admit(registry, -500, "aa");
        Assert.False(earlier.Applied);
        Assert.Contains("issued later", earlier.Reason, StringComparison.Ordinal);
        Assert.False(Take(registry, Of("one", "aa")).Admitted);
        Assert.True(Take(registry, Of("two", "bb")).Admitted);
        Assert.True(Admit(registry, 0, "bb").Applied);
    }

    [Fact]
    public void An_admission_of_another_time_is_refused()
    {
        var registry = Gated();
        Assert.Null(registry.Admit(new() { Issued = Now - 62_000, Generations = ["aa"] }, out var fault));
        Assert.Contains("behind this host's clock", fault, StringComparison.Ordinal);
        Assert.False(registry.View().AdmissionKnown);
    }

    [Fact]
    public void An_admission_for_another_host_changes_nothing_and_is_told_who_answers()
    {
        var registry = Gated("aa");
        Take(registry, Of("one", "aa"));
        var answer = registry.Admit(new() { Issued = Now, Generations = ["bb"], Host = "bb" }, out _)!;
        Assert.Equal(("aa", false), (answer.Host, answer.Applied));
        Assert.False(Take(registry, Of("one", "aa")).Drain);
        Assert.Single(registry.View().Usable);
    }

    [Fact]
    public void A_generation_on_its_way_up_waits_and_one_whose_place_is_taken_drains()
    {
        var registry = Gated();
        Take(registry, Of("one", "aa"));
        Admit(registry, 0, "aa");
        var coming = Take(registry, Of("two", "bb"));
        Assert.Equal((false, false), (coming.Admitted, coming.Drain));

        Admit(registry, 1, "bb");
        Assert.True(Take(registry, Of("one", "aa")).Drain);
        Assert.True(Take(registry, Of("two", "bb")).Admitted);

        // Back again.
        Admit(registry, 2, "aa");
        Assert.Equal((true, false), (Take(registry, Of("one", "aa")).Admitted, Take(registry, Of("one", "aa")).Drain));
        Assert.True(Take(registry, Of("two", "bb")).Drain);
    }

    [Fact]
    public void A_generation_that_was_there_before_the_first_admission_drains_too()
    {
        // Signalling was started again since the last update, so that it knows of no earlier admission.
        var registry = Gated();
        Take(registry, Of("one", "aa"));
        Admit(registry, 0, "bb");
        Assert.True(Take(registry, Of("one", "aa")).Drain);
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private RelayRegistry AdmittingAtOnce() => Create(new() { HeartbeatKeysFile = "keys", AdmitAtOnce = true });

    private RelayRegistry Gated(string? generation = null) =>
        Create(new() { HeartbeatKeysFile = "keys", AdmissionKeysFile = "keys", Generation = generation });

    private RelayRegistry Create(RelayFleetOptions options) => new(TestSettings.Of(options), TestSettings.Metrics(), _clock);

    private IceServers Ice(IceOptions options, RelayRegistry registry) => new(TestSettings.Of(options), registry, _clock);

    private Heartbeat Of(string relay, string generation = "aa") => new()
    {
        Relay = relay,
        Generation = generation,
        Time = _clock.GetUtcNow().ToUnixTimeSeconds(),
        Sequence = ++_sequence,
        State = RelayState.Ready,
        Load = new(0, 100, 0),
        StunUrls = [],
        TurnUrls = [$"turn:{relay}"],
    };

    private static HeartbeatAnswer Take(RelayRegistry registry, Heartbeat heartbeat)
    {
        var answer = registry.Take(heartbeat, out var fault);
        Assert.Null(fault);
        return answer!;
    }

    private static string Refused(RelayRegistry registry, Heartbeat heartbeat)
    {
        Assert.Null(registry.Take(heartbeat, out var fault));
        return fault!.Reason;
    }

    private AdmissionAnswer Admit(RelayRegistry registry, int later, string generation)
    {
        var answer = registry.Admit(new() { Issued = Now + later, Generations = [generation] }, out var fault);
        Assert.Null(fault);
        return answer!;
    }
}

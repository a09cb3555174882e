using System.Diagnostics;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay.Openings;
using Causeway.Turn.Protocol.Stun;
using static Causeway.Turn.Protocol.Relay.Openings.OpeningAction;

namespace Causeway.Protocol.Tests.Relay.Openings;

/// <summary>Every transition of the state machine, without a relay.</summary>
public class OpeningStateTests
{
    private static readonly RelayPort Port = new(IpFamily.IPv4, 50_000);
    private static readonly RelayPort PortIPv6 = new(IpFamily.IPv6, 50_002);
    private static readonly OpeningInput Opened = new(OpeningEvent.Opened);
    private static readonly OpeningInput InUse = new(OpeningEvent.PortInUse);
    private static readonly OpeningInput Abandoned = new(OpeningEvent.Abandoned);
    private static readonly OpeningInput Exhausted = new(OpeningEvent.Failed, Error: StunErrorCode.InsufficientCapacity);

    private OpeningState _state = null!;

    [Fact]
    public void A_port_is_chosen_opened_and_complete()
    {
        Begins([IpFamily.IPv4], (Choose, new(IpFamily.IPv4, 0)));
        Next(Chosen(Port), OpeningPhase.Opening, (Open, Port));
        Assert.Equal(Port, _state.Awaited);
        Next(Opened, OpeningPhase.Complete, (Complete, default));

        Assert.Equal([new FamilyOutcome(Port, 0)], _state.Outcomes);
        Assert.Null(_state.Awaited);
    }

    [Fact]
    public void A_family_without_a_port_is_complete_with_its_error()
    {
        Begins([IpFamily.IPv4], (Choose, new(IpFamily.IPv4, 0)));
        Next(Exhausted, OpeningPhase.Complete, (Complete, default));

        Assert.Equal(StunErrorCode.InsufficientCapacity, Assert.Single(_state.Outcomes).Error);
    }

    [Fact]
    public void A_port_in_use_is_put_aside_and_another_one_chosen_until_the_attempts_are_used_up()
    {
        Begins([IpFamily.IPv4], (Choose, new(IpFamily.IPv4, 0)));
        for (var i = 1; i < OpeningState.MaxAttempts; i++)
        {
            Next(Chosen(Port), OpeningPhase.Opening, (Open, Port));
            Next(InUse, OpeningPhase.Choosing, (PutAside, Port), (Choose, new(IpFamily.IPv4, 0)));
        }

        Next(Chosen(Port), OpeningPhase.Opening, (Open, Port));
        Next(InUse, OpeningPhase.Complete, (PutAside, Port), (Complete, default));
        Assert.Equal([new FamilyOutcome(Port, StunErrorCode.InsufficientCapacity)], _state.Outcomes);
    }

    [Fact]
    public void A_refused_socket_releases_its_port_and_no_other_is_tried()
    {
        Begins([IpFamily.IPv4], (Choose, new(IpFamily.IPv4, 0)));
        Next(Chosen(Port), OpeningPhase.Opening, (Open, Port));
        Next(Exhausted, OpeningPhase.Complete, (Release, Port), (Complete, default));
    }

    [Fact]
    public void The_second_family_follows_whatever_became_of_the_first_with_all_its_attempts()
    {
        Begins([IpFamily.IPv4, IpFamily.IPv6], (Choose, new(IpFamily.IPv4, 0)));
        Next(Chosen(Port), OpeningPhase.Opening, (Open, Port));
        Next(InUse, OpeningPhase.Choosing, (PutAside, Port), (Choose, new(IpFamily.IPv4, 0)));
        Next(Exhausted, OpeningPhase.Choosing, (Choose, new(IpFamily.IPv6, 0)));
        Assert.Equal(0, _state.InUse);
        Next(Chosen(PortIPv6), OpeningPhase.Opening, (Open, PortIPv6));
        Next(Opened, OpeningPhase.Complete, (Complete, default));

        Assert.Equal([false, true], _state.Outcomes.Select(outcome => outcome.IsOpen));
    }

    [Fact]
    public void Of_a_pair_the_next_port_is_opened_after_the_even_one()
    {
        BeginsPair();
        Assert.Equal(Port, _state.Awaited);
        Next(Opened, OpeningPhase.OpeningNext, (Open, Port.Next));
        Assert.Equal(new RelayPort(IpFamily.IPv4, 50_001, IsNext: true), _state.Awaited);
        Next(Opened, OpeningPhase.Complete, (Complete, default));

        Assert.Equal([new FamilyOutcome(Port, 0)], _state.Outcomes);
    }

    [Fact]
    public void Of_a_pair_only_the_port_in_use_is_put_aside()
    {
        BeginsPair();
        Next(InUse, OpeningPhase.Choosing, (PutAside, Port), (Release, Port.Next), (Choose, new(IpFamily.IPv4, 0)));
        Next(Chosen(Port), OpeningPhase.Opening, (Open, Port));
        Next(Opened, OpeningPhase.OpeningNext, (Open, Port.Next));
        Next(InUse, OpeningPhase.Choosing, (Close, Port), (PutAside, Port.Next), (Release, Port), (Choose, new(IpFamily.IPv4, 0)));
    }

    [Fact]
    public void Of_a_pair_a_refused_socket_releases_both_ports()
    {
        BeginsPair();
        Next(Exhausted, OpeningPhase.Complete, (Release, Port), (Release, Port.Next), (Complete, default));

        BeginsPair();
        Next(Opened, OpeningPhase.OpeningNext, (Open, Port.Next));
        Next(Exhausted, OpeningPhase.Complete, (Close, Port), (Release, Port), (Release, Port.Next), (Complete, default));
    }

    [Theory]
    [InlineData(nameof(OpeningEvent.Opened))]
    [InlineData(nameof(OpeningEvent.PortInUse))]
    [InlineData(nameof(OpeningEvent.Failed))]
    public void Abandoned_it_awaits_the_outcome_and_ends_with_nothing_open(string outcome)
    {
        Begins([IpFamily.IPv4], (Choose, new(IpFamily.IPv4, 0)));
        Next(Chosen(Port), OpeningPhase.Opening, (Open, Port));
        Next(Abandoned, OpeningPhase.Closing);
        Assert.Equal(Port, _state.Awaited);

        if (outcome == nameof(OpeningEvent.Opened))
            Next(new(Enum.Parse<OpeningEvent>(outcome)), OpeningPhase.Ended, (Close, Port), (Release, Port), (Discard, default));
        else Next(new(Enum.Parse<OpeningEvent>(outcome)), OpeningPhase.Ended, (Release, Port), (Discard, default));
    }

    [Fact]
    public void Abandoned_between_two_families_the_first_is_closed_at_once()
    {
        Begins([IpFamily.IPv4, IpFamily.IPv6], (Choose, new(IpFamily.IPv4, 0)));
        Next(Chosen(Port), OpeningPhase.Opening, (Open, Port));
        Next(Opened, OpeningPhase.Choosing, (Choose, new(IpFamily.IPv6, 0)));
        Next(Chosen(PortIPv6), OpeningPhase.Opening, (Open, PortIPv6));
        Next(Abandoned, OpeningPhase.Closing, (Close, Port), (Release, Port));
        Next(Opened, OpeningPhase.Ended, (Close, PortIPv6), (Release, PortIPv6), (Discard, default));
    }

    [Theory]
    [InlineData(nameof(OpeningEvent.Opened))]
    [InlineData(nameof(OpeningEvent.Failed))]
    public void Abandoned_between_the_ports_of_a_pair_it_ends_with_nothing_open(string outcome)
    {
        BeginsPair();
        Next(Opened, OpeningPhase.OpeningNext, (Open, Port.Next));
        Next(Abandoned, OpeningPhase.ClosingNext, (Close, Port));
        Assert.Equal(Port.Next, _state.Awaited);

        if (outcome == nameof(OpeningEvent.Opened))
            Next(
                new(Enum.Parse<OpeningEvent>(outcome)),
                OpeningPhase.Ended,
                (Close, Port.Next),
                (Release, Port),
                (Release, Port.Next),
                (Discard, default));
        else Next(new(Enum.Parse<OpeningEvent>(outcome)), OpeningPhase.Ended, (Release, Port), (Release, Port.Next), (Discard, default));
    }

    [Fact]
    public void Abandoned_when_complete_all_ports_are_closed()
    {
        BeginsPair();
        Next(Opened, OpeningPhase.OpeningNext, (Open, Port.Next));
        Next(Opened, OpeningPhase.Complete, (Complete, default));
        Next(Abandoned, OpeningPhase.Ended, (Close, Port), (Release, Port), (Close, Port.Next), (Release, Port.Next), (Discard, default));
    }

    [Fact]
    public void An_input_that_cannot_come_is_a_programmers_error()
    {
        Begins([IpFamily.IPv4], (Choose, new(IpFamily.IPv4, 0)));
        Assert.Throws<UnreachableException>(() => _state.Next(Opened));
        Next(Chosen(Port), OpeningPhase.Opening, (Open, Port));
        Assert.Throws<UnreachableException>(() => _state.Next(Chosen(Port)));
        Next(Opened, OpeningPhase.Complete, (Complete, default));
        Assert.Throws<UnreachableException>(() => _state.Next(InUse));
    }

    private static OpeningInput Chosen(RelayPort port) => new(OpeningEvent.PortChosen, port.Number);

    private void BeginsPair()
    {
        (_state, var effects) = OpeningState.Begin([IpFamily.IPv4], isPair: true);
        Assert.Equal([new(Choose, new(IpFamily.IPv4, 0))], effects);
        Next(Chosen(Port), OpeningPhase.Opening, (Open, Port));
    }

    private void Begins(IpFamily[] families, params (OpeningAction, RelayPort)[] expected)
    {
        (_state, var effects) = OpeningState.Begin(families, isPair: false);
        Assert.Equal(expected, effects.Select(effect => (effect.Action, effect.Port)));
    }

    private void Next(OpeningInput input, OpeningPhase phase, params (OpeningAction, RelayPort)[] expected)
    {
        (_state, var effects) = _state.Next(input);
        Assert.Equal(phase, _state.Phase);
        Assert.Equal(expected, effects.Select(effect => (effect.Action, effect.Port)));
    }
}

using System.Diagnostics;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Protocol.Relay.Openings;

/// <summary>
/// The steps of opening the relay ports of one Allocate request (RFC 8656 §7.2), as a pure state machine: a state and an input give the
/// next state and the effects, in order. Sockets are opened one after the other, so at most one outcome is awaited at a time.
/// <code>
///  ┌──────────┐ port chosen ┌─────────┐ opened, of a pair ┌─────────────┐
///  │ Choosing │────────────▶│ Opening │──────────────────▶│ OpeningNext │
///  └──────────┘             └─────────┘                   └─────────────┘
///    ▲  ▲ port in use, fewer than MaxAttempts │                  │
///    │  └─────────────────────────────────────┴──────────────────┤ opened, or failed
///    └─── more families ─────────────────────────────────────────┴─── no more ──▶ Complete
///
///  Opening, OpeningNext ── abandoned ──▶ Closing, ClosingNext ── any outcome ──▶ Ended
///  Complete ── abandoned ──▶ Ended
/// </code>
/// </summary>
internal sealed record OpeningState
{
    /// <summary>The number of ports to try for one relayed address before answering 508.</summary>
    internal const int MaxAttempts = 8;

    /// <summary>Starts with the first family.</summary>
    internal static (OpeningState State, OpeningEffect[] Effects) Begin(IReadOnlyList<IpFamily> families, bool isPair) =>
        new OpeningState { Families = families, IsPair = isPair }.GoOn();

    /// <summary>The requested families.</summary>
    internal required IReadOnlyList<IpFamily> Families { get; init; }

    /// <summary>Whether the next port is opened too, to be reserved.</summary>
    internal required bool IsPair { get; init; }

    internal OpeningPhase Phase { get; init; }

    /// <summary>The outcomes of the families so far, in order.</summary>
    internal IReadOnlyList<FamilyOutcome> Outcomes { get; init; } = [];

    /// <summary>The current port; of a pair the even one.</summary>
    internal RelayPort Port { get; init; }

    /// <summary>How many ports of the current family were in use.</summary>
    internal int InUse { get; init; }

    /// <summary>The port whose outcome is awaited.</summary>
    internal RelayPort? Awaited => Phase switch
    {
        OpeningPhase.Opening or OpeningPhase.Closing => Port,
        OpeningPhase.OpeningNext or OpeningPhase.ClosingNext => Port.Next,
        _ => null,
    };

    // The ports claimed together with the current one.
    private RelayPort[] Claimed => With(Port);

    private RelayPort[] Opened => [.. Outcomes.Where(outcome => outcome.IsOpen).SelectMany(outcome => With(outcome.Port))];

    private RelayPort[] With(RelayPort port) => IsPair ? [port, port.Next] : [port];

    /// <summary>Gets the next state, and the effects to run before the next input.</summary>
    /// <exception cref="UnreachableException">The input is impossible in this state.</exception>
    internal (OpeningState State, OpeningEffect[] Effects) Next(OpeningInput input) => (Phase, input.Event) switch
    {
        (OpeningPhase.Choosing, OpeningEvent.PortChosen) =>
            Take(new(Families[Outcomes.Count], input.Port)),
        (OpeningPhase.Choosing, OpeningEvent.Failed) =>
            Settle(new(new(Families[Outcomes.Count], 0), input.Error)),

        (OpeningPhase.Opening, OpeningEvent.Opened) when IsPair =>
            (this with { Phase = OpeningPhase.OpeningNext }, [Do(OpeningAction.Open, Port.Next)]),
        (OpeningPhase.Opening or OpeningPhase.OpeningNext, OpeningEvent.Opened) =>
            Settle(new(Port, 0)),

        (OpeningPhase.Opening, OpeningEvent.PortInUse) =>
            Retry([Do(OpeningAction.PutAside, Port), .. Release(Claimed[1..])]),
        (OpeningPhase.OpeningNext, OpeningEvent.PortInUse) =>
            Retry([Do(OpeningAction.Close, Port), Do(OpeningAction.PutAside, Port.Next), Do(OpeningAction.Release, Port)]),

        (OpeningPhase.Opening, OpeningEvent.Failed) =>
            Settle(new(Port, input.Error), Release(Claimed)),
        (OpeningPhase.OpeningNext, OpeningEvent.Failed) =>
            Settle(new(Port, input.Error), [Do(OpeningAction.Close, Port), .. Release(Claimed)]),

        (OpeningPhase.Opening, OpeningEvent.Abandoned) =>
            (this with { Phase = OpeningPhase.Closing }, Close(Opened)),
        (OpeningPhase.OpeningNext, OpeningEvent.Abandoned) =>
            (this with { Phase = OpeningPhase.ClosingNext }, [Do(OpeningAction.Close, Port)]),
        (OpeningPhase.Complete, OpeningEvent.Abandoned) =>
            End(Close(Opened)),

        (OpeningPhase.Closing or OpeningPhase.ClosingNext, OpeningEvent.Opened) =>
            End([Do(OpeningAction.Close, Awaited!.Value), .. Release(Claimed)]),
        (OpeningPhase.Closing or OpeningPhase.ClosingNext, OpeningEvent.PortInUse or OpeningEvent.Failed) =>
            End(Release(Claimed)),

        _ => throw new UnreachableException($"{input.Event} while {Phase}"),
    };

    private (OpeningState, OpeningEffect[]) Take(RelayPort port) =>
        (this with { Phase = OpeningPhase.Opening, Port = port }, [Do(OpeningAction.Open, port)]);

    private (OpeningState, OpeningEffect[]) Retry(OpeningEffect[] effects) => InUse + 1 == MaxAttempts
        ? Settle(new(Port, StunErrorCode.InsufficientCapacity), effects)
        : (this with { Phase = OpeningPhase.Choosing, InUse = InUse + 1 }, [.. effects, Do(OpeningAction.Choose, new(Port.Family, 0))]);

    private (OpeningState, OpeningEffect[]) Settle(FamilyOutcome outcome, params OpeningEffect[] effects)
    {
        var (next, more) = (this with { Outcomes = [.. Outcomes, outcome], InUse = 0 }).GoOn();
        return (next, [.. effects, .. more]);
    }

    private (OpeningState, OpeningEffect[]) GoOn() => Outcomes.Count == Families.Count
        ? (this with { Phase = OpeningPhase.Complete }, [Do(OpeningAction.Complete)])
        : (this with { Phase = OpeningPhase.Choosing }, [Do(OpeningAction.Choose, new(Families[Outcomes.Count], 0))]);

    private (OpeningState, OpeningEffect[]) End(OpeningEffect[] effects) =>
        (this with { Phase = OpeningPhase.Ended }, [.. effects, Do(OpeningAction.Discard)]);

    private static OpeningEffect[] Close(RelayPort[] ports) =>
        [.. ports.SelectMany(port => new[] { Do(OpeningAction.Close, port), Do(OpeningAction.Release, port) })];

    private static OpeningEffect[] Release(RelayPort[] ports) => [.. ports.Select(port => Do(OpeningAction.Release, port))];

    private static OpeningEffect Do(OpeningAction action, RelayPort port = default) => new(action, port);
}

internal enum OpeningPhase : byte
{
    /// <summary>A port is being chosen.</summary>
    Choosing,

    /// <summary>The outcome of the port's socket is awaited.</summary>
    Opening,

    /// <summary>The even port of a pair is open, and the outcome of the next one's socket is awaited.</summary>
    OpeningNext,

    /// <summary>All families have an outcome.</summary>
    Complete,

    /// <summary>Abandoned while <see cref="Opening"/>: the outcome is awaited.</summary>
    Closing,

    /// <summary>Abandoned while <see cref="OpeningNext"/>: the outcome is awaited.</summary>
    ClosingNext,

    /// <summary>Abandoned, and all is released.</summary>
    Ended,
}

/// <summary>A relay port of an opening.</summary>
/// <param name="Family">The family of the address that it is on.</param>
/// <param name="Number">The port.</param>
/// <param name="IsNext">Whether it is the second one of a pair.</param>
internal readonly record struct RelayPort(IpFamily Family, ushort Number, bool IsNext = false)
{
    internal RelayPort Next => new(Family, (ushort)(Number + 1), IsNext: true);
}

/// <summary>The outcome of a family.</summary>
/// <param name="Port">The port that is open; of a pair the even one.</param>
/// <param name="Error">The error; 0 when the port is open.</param>
internal readonly record struct FamilyOutcome(RelayPort Port, StunErrorCode Error)
{
    internal bool IsOpen => Error == 0;
}

internal enum OpeningEvent : byte
{
    /// <summary>A free port was claimed; for a pair both.</summary>
    PortChosen,

    /// <summary>The awaited socket is open.</summary>
    Opened,

    /// <summary>The awaited socket failed: another program uses the port.</summary>
    PortInUse,

    /// <summary>No port is free, or the awaited socket failed in a way that another port wouldn't change.</summary>
    Failed,

    /// <summary>The client disconnected or was revoked, or the relay closes.</summary>
    Abandoned,
}

/// <summary>An input.</summary>
/// <param name="Event">The event.</param>
/// <param name="Port">Of <see cref="OpeningEvent.PortChosen"/>: the port; of a pair the even one.</param>
/// <param name="Error">Of <see cref="OpeningEvent.Failed"/>: the error to answer.</param>
internal readonly record struct OpeningInput(OpeningEvent Event, ushort Port = 0, StunErrorCode Error = 0);

internal enum OpeningAction : byte
{
    /// <summary>
    /// Claim a free port of the family, for a pair both; the next input is <see cref="OpeningEvent.PortChosen"/> or
    /// <see cref="OpeningEvent.Failed"/>.
    /// </summary>
    Choose,

    /// <summary>Open the socket of the port.</summary>
    Open,

    /// <summary>Close the socket of the port.</summary>
    Close,

    /// <summary>Release the port.</summary>
    Release,

    /// <summary>Release the port, to be chosen again only after a while.</summary>
    PutAside,

    /// <summary>Create the allocation, or answer the error.</summary>
    Complete,

    /// <summary>Remove the opening; all its ports are released.</summary>
    Discard,
}

/// <summary>An effect.</summary>
/// <param name="Action">The action.</param>
/// <param name="Port">The port; of <see cref="OpeningAction.Choose"/> only the family is set.</param>
internal readonly record struct OpeningEffect(OpeningAction Action, RelayPort Port);

namespace Causeway.Ops.Check;

/// <summary>The outcome of one check.</summary>
public enum CheckOutcome
{
    /// <summary>Still running.</summary>
    Running,

    /// <summary>Works.</summary>
    Passed,

    /// <summary>Works, but needs attention.</summary>
    Warning,

    /// <summary>Doesn't work.</summary>
    Failed,

    /// <summary>Didn't run; the detail gives the reason.</summary>
    Skipped,
}

/// <summary>One row of the results of <c>ops check</c>.</summary>
/// <param name="Name">The check: <c>dns</c>, <c>certificate</c>, <c>health</c>, <c>relays</c>, <c>websocket</c>, <c>stun udp</c>,
/// <c>turn udp</c>, …</param>
/// <param name="Target">The name, address or URL.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Detail">The findings, in a few words.</param>
public sealed record CheckResult(string Name, string Target, CheckOutcome Outcome = CheckOutcome.Running, string Detail = "")
{
    /// <summary>Gets the round-trip time, if it was measured.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Gets the bytes of application data that the relay relayed, both ways together.</summary>
    public long? BytesRelayed { get; init; }

    /// <summary>Gets the likely cause and the fix of a failure or warning.</summary>
    public Diagnosis? Diagnosis { get; init; }

    public CheckResult Fail(string detail, Diagnosis diagnosis) =>
        this with { Outcome = CheckOutcome.Failed, Detail = detail, Diagnosis = diagnosis };

    public CheckResult Warn(string detail, Diagnosis diagnosis) =>
        this with { Outcome = CheckOutcome.Warning, Detail = detail, Diagnosis = diagnosis };

    public CheckResult Pass(string detail, TimeSpan? roundTrip = null) =>
        this with { Outcome = CheckOutcome.Passed, Detail = detail, RoundTrip = roundTrip };

    public CheckResult Skip(string reason) => this with { Outcome = CheckOutcome.Skipped, Detail = reason };
}

/// <summary>The likely cause of a failure, and its fix.</summary>
public sealed record Diagnosis(string Cause, string Fix);

namespace Causeway.Ops.Check;

/// <summary>How one check ended.</summary>
public enum CheckOutcome
{
    /// <summary>It is being tried.</summary>
    Running,

    /// <summary>It works.</summary>
    Passed,

    /// <summary>It works, and somebody should look at it.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Failed,

    /// <summary>It was not tried; the detail says why.</summary>
    Skipped,
}

/// <summary>One row of what <c>ops check</c> found.</summary>
/// <param name="Name">What was checked: <c>dns</c>, <c>certificate</c>, <c>health</c>, <c>relays</c>, <c>websocket</c>, <c>stun udp</c>, <c>turn udp</c>, …</param>
/// <param name="Target">The name, address or URL that was tried.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">What was found, in a few words.</param>
public sealed record CheckResult(string Name, string Target, CheckOutcome Outcome = CheckOutcome.Running, string Detail = "")
{
    /// <summary>Round-trip time, where one was measured.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Bytes of application data that came through the relay, both ways together.</summary>
    public long? BytesRelayed { get; init; }

    /// <summary>The likely cause, and the mend, of what failed.</summary>
    public Diagnosis? Diagnosis { get; init; }

    /// <summary>The same row as failed.</summary>
    public CheckResult Fail(string detail, Diagnosis diagnosis) => this with { Outcome = CheckOutcome.Failed, Detail = detail, Diagnosis = diagnosis };

    /// <summary>The same row as passed.</summary>
    public CheckResult Pass(string detail, TimeSpan? roundTrip = null) => this with { Outcome = CheckOutcome.Passed, Detail = detail, RoundTrip = roundTrip };

    /// <summary>The same row as not tried.</summary>
    public CheckResult Skip(string reason) => this with { Outcome = CheckOutcome.Skipped, Detail = reason };
}

/// <summary>Why something likely failed, and what to do about it.</summary>
public sealed record Diagnosis(string Cause, string Mend);

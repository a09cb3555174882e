namespace Causeway.Turn.Fleet;

/// <summary>
/// The generations of relays that signalling hands out; all others drain. The gate sends it to signalling with <c>POST</c>, as JSON signed
/// with the admission key.
/// </summary>
public sealed record Admission
{
    /// <summary>The path of the request.</summary>
    public const string Path = "/relays/admission";

    /// <summary>The maximum length of the request and of its answer, in bytes.</summary>
    public const int MaxBytes = 4 * 1024;

    /// <summary>The maximum number of generations.</summary>
    public const int MaxGenerations = 16;

    /// <summary>When it was issued, in milliseconds since 1970 (UTC). The latest one applies.</summary>
    public required long Issued { get; init; }

    /// <summary>All admitted generations.</summary>
    public required IReadOnlyList<string> Generations { get; init; }

    /// <summary>
    /// The generation of the host that it is meant for; other hosts answer with their generation and change nothing. Null means any host.
    /// </summary>
    public string? Host { get; init; }

    /// <summary>Describes what is invalid; null if it is valid.</summary>
    public string? Fault()
    {
        if (Generations is null || Generations.Count is 0 or > MaxGenerations || !Generations.All(Heartbeat.IsName))
            return $"generations: must be 1 to {MaxGenerations} names of A-Z a-z 0-9 . _ -";
        return Host is null || Heartbeat.IsName(Host) ? null : "host: is not a generation's name";
    }
}

/// <summary>Signalling's answer to an admission, signed with the same key.</summary>
public sealed record AdmissionAnswer
{
    /// <summary>The generation of the answering host; null without one.</summary>
    public string? Host { get; init; }

    /// <summary>Whether the host applied the admission.</summary>
    public required bool Applied { get; init; }

    /// <summary>The number of ready relays of admitted generations.</summary>
    public int Ready { get; init; }

    /// <summary>Why it wasn't applied; null if it was.</summary>
    public string? Reason { get; init; }
}

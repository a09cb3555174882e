namespace Causeway.Turn.Fleet;

/// <summary>
/// The gate's word on which generations of relays are handed out: all others are told to drain. Sent to signalling by <c>POST</c>, as JSON signed with the
/// admission key.
/// </summary>
public sealed record Admission
{
    /// <summary>Where it is sent.</summary>
    public const string Path = "/relays/admission";

    /// <summary>Most bytes of it, and of its answer.</summary>
    public const int MaxBytes = 4 * 1024;

    /// <summary>Most generations of a fleet at once.</summary>
    public const int MaxGenerations = 16;

    /// <summary>When it was issued, in milliseconds since 1970 (UTC). What was issued last holds.</summary>
    public required long Issued { get; init; }

    /// <summary>Every generation that is admitted, and no other.</summary>
    public required IReadOnlyList<string> Generations { get; init; }

    /// <summary>The generation of the host that it is meant for; any other host says only who it is and changes nothing. Null: any host.</summary>
    public string? Host { get; init; }

    /// <summary>What is wrong with its content; null when nothing is.</summary>
    public string? Fault()
    {
        if (Generations is null || Generations.Count is 0 or > MaxGenerations || !Generations.All(Heartbeat.IsName))
            return $"generations: are not 1 to {MaxGenerations} names of A-Z a-z 0-9 . _ -";
        return Host is null || Heartbeat.IsName(Host) ? null : "host: is no name of a generation";
    }
}

/// <summary>What signalling answers to an admission, signed with the same key.</summary>
public sealed record AdmissionAnswer
{
    /// <summary>The generation of the host that answers; null when its settings name none.</summary>
    public string? Host { get; init; }

    /// <summary>Whether the admission holds on that host now.</summary>
    public required bool Applied { get; init; }

    /// <summary>The relays of admitted generations that are ready there.</summary>
    public int Ready { get; init; }

    /// <summary>Why it was not applied, for people; null when it was.</summary>
    public string? Reason { get; init; }
}

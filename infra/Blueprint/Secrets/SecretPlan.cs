namespace Causeway.Blueprint.Secrets;

/// <summary>A secret in Secrets Manager.</summary>
public sealed record SecretPlan
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required string Description { get; init; }

    /// <summary>For how many days AWS keeps it after it was deleted; 0: not at all.</summary>
    public required int RecoveryDays { get; init; }

    /// <summary>Whether the engine refuses to delete it.</summary>
    public required bool Protected { get; init; }

    /// <summary>Whether the first host that needs it makes it, so that it is nothing of the stack's and is there when the stack is gone.</summary>
    public bool MadeByHost { get; init; }

    /// <summary>Its content; null when hosts write it themselves.</summary>
    public SecretText? Value { get; init; }

    /// <summary>The file that a host makes of it for its services; null when it is no matter of files.</summary>
    public SecretFile? File { get; init; }
}

/// <summary>Where a secret lies on a host: a file of this name in the folder of each service, which that service alone can read.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Services">The services: <c>relay</c>, <c>signalling</c>.</param>
public sealed record SecretFile(string Name, IReadOnlyList<string> Services);

/// <summary>A secret text, kept from being printed by accident.</summary>
public sealed class SecretText(string text)
{
    /// <summary>The text itself.</summary>
    public string Reveal() => text;

    /// <summary>Says that it is a secret.</summary>
    public override string ToString() => "[secret]";
}

/// <summary>The stack's certificate, one for all of its names.</summary>
/// <param name="Names">The DNS names in it; a wildcard covers every relay, also those to come.</param>
/// <param name="Challenge">How the authority is shown that the names are ours (RFC 8555 §8.4): <c>dns-01</c>; or <c>self-made</c> without a domain.</param>
/// <param name="Secret">The secret that keeps it; null when it is self-made.</param>
/// <param name="RenewBeforeDays">How many days before its end it is renewed; a third of its life where that is less.</param>
/// <param name="Kept">Whether that secret outlives the stack.</param>
public sealed record CertificatePlan(IReadOnlyList<string> Names, string Challenge, string? Secret, int RenewBeforeDays, bool Kept = false);

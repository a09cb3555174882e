namespace Causeway.Blueprint.Secrets;

/// <summary>A secret in Secrets Manager.</summary>
/// <param name="RecoveryDays">The days that AWS keeps it after deletion; 0 deletes it at once.</param>
/// <param name="Protected">Whether the engine refuses to delete it.</param>
/// <param name="Value">The content; null when hosts write it.</param>
/// <param name="File">The file that a host writes it to; null for none.</param>
/// <param name="MadeByHost">Whether the first host that needs it creates it, so that it outlives the stack.</param>
public sealed record SecretPlan(
    string Name,
    string Description,
    int RecoveryDays,
    bool Protected,
    SecretText? Value = null,
    SecretFile? File = null,
    bool MadeByHost = false);

/// <summary>A file on a host with a secret, in the folder of each service, which only that service can read.</summary>
/// <param name="Services">The services: <c>relay</c>, <c>signalling</c>.</param>
public sealed record SecretFile(string Name, IReadOnlyList<string> Services);

/// <summary>A secret text that isn't printed by accident.</summary>
public sealed class SecretText(string text)
{
    public string Reveal() => text;

    public override string ToString() => "[secret]";
}

/// <summary>The stack's certificate, one for all of its names.</summary>
/// <param name="Names">The DNS names. A wildcard covers every relay, also future ones.</param>
/// <param name="Challenge">The ACME challenge (RFC 8555 §8.4), <c>dns-01</c>; <c>self-signed</c> without a domain.</param>
/// <param name="Secret">The secret that stores it; null when it is self-signed.</param>
/// <param name="RenewBeforeDays">The days before its end when it is renewed, or a third of its lifetime if that is less.</param>
/// <param name="Kept">Whether the secret outlives the stack.</param>
public sealed record CertificatePlan(IReadOnlyList<string> Names, string Challenge, string? Secret, int RenewBeforeDays, bool Kept = false);

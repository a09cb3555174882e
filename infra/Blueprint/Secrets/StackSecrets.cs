using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Secrets;

/// <summary>A stack's secrets: those that derive from its root secret, and the certificate.</summary>
internal sealed class StackSecrets(StackSettings settings)
{
    /// <summary>Gets the derived secrets. The admission key exists without a gate too, because the gate may be enabled again.</summary>
    public IReadOnlyList<SecretPlan> Derived { get; } =
    [
        Derive(settings, SecretDerivation.Turn, "TURN secrets", new(HostPaths.TurnSecretsFile, ["relay", "signalling"])),
        Derive(settings, SecretDerivation.Heartbeat, "Heartbeat keys", new(HostPaths.HeartbeatKeysFile, ["relay", "signalling"])),
        Derive(settings, SecretDerivation.Admission, "Admission keys", new(HostPaths.AdmissionKeysFile, ["signalling"])),
    ];

    /// <summary>
    /// Gets the secret that stores the certificate; null without a domain. The kept one has its own name, so that a stack that switches to
    /// it or from it requests a certificate once, and neither deletes the other's.
    /// </summary>
    public SecretPlan? Certificate { get; } = settings.Domain is null ? null : Plan(
        settings,
        settings.KeepCertificate ? StackName.KeptCertificate : "certificate",
        "Certificate chain and key, written by the host that renews it") with
    { MadeByHost = settings.KeepCertificate };

    public IReadOnlyList<SecretPlan> All => Certificate is null ? Derived : [.. Derived, Certificate];

    public CertificatePlan CertificatePlan => Certificate is null
        ? new([], "self-signed", Secret: null, RenewBeforeDays: 0)
        : new([settings.Domain!, $"*.{settings.Domain}"], "dns-01", Certificate.Name, RenewBeforeDays: 30, settings.KeepCertificate);

    /// <summary>
    /// The secrets of a label, one for each stamp of the rotation, so that what was signed with the previous one is still valid.
    /// </summary>
    public static IReadOnlyList<SecretText> Of(StackSettings settings, string label) =>
        [.. settings.Rotation.Stamps.Select(stamp => new SecretText(SecretDerivation.Derive(settings.RootSecret.Bytes, label, stamp)))];

    private static SecretPlan Derive(StackSettings settings, string label, string what, SecretFile file)
    {
        var lines = Of(settings, label).Select(secret => $"{secret.Reveal()}\n");
        return Plan(settings, label, $"{what}, one per line, the current one first") with
        {
            Value = new(string.Concat(lines)),
            File = file,
        };
    }

    private static SecretPlan Plan(StackSettings settings, string label, string description) => new(
        StackName.SecretOf(settings.Stack, label),
        description,
        RecoveryDays: settings.Production ? 30 : 0,
        Protected: settings.Production);
}

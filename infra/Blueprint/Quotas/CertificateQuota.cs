using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Quotas;

/// <summary>The limit on certificates for the same names, which a demo reaches when it is created repeatedly.</summary>
public static class CertificateQuota
{
    /// <summary>
    /// The certificates that Let's Encrypt issues for exactly the same names in seven days (letsencrypt.org/docs/rate-limits).
    /// </summary>
    public const int LetsEncryptPerWeek = 5;

    /// <summary>What to know before destroying and creating a stack again; null for nothing.</summary>
    public static string? Of(Plan plan)
    {
        if (plan.Settings.Domain is null || plan.Settings.Production) return null;
        if (plan.Certificate.Kept)
        {
            return $"its certificate outlives it in the secret {plan.Certificate.Secret}, and the next stack of this name uses it; "
                + "delete that secret after the last one";
        }
        var limit = plan.Settings.UsesLetsEncrypt
            ? $"Let's Encrypt issues {LetsEncryptPerWeek} for the same names in seven days"
            : $"{plan.Settings.AcmeDirectory.Host} may issue only a few for the same names in a week";
        return $"each time that it is destroyed and created again it requests another certificate, and {limit}; "
            + $"with {SettingKey.KeepCertificate.Name} the certificate outlives the stack";
    }
}

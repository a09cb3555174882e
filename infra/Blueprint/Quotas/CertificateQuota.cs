using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Quotas;

/// <summary>How often a certificate authority issues the same certificate, which a demo meets that is made again and again.</summary>
public static class CertificateQuota
{
    /// <summary>Let's Encrypt issues so many certificates for exactly the same names in seven days (letsencrypt.org/docs/rate-limits).</summary>
    public const int LetsEncryptPerWeek = 5;

    /// <summary>What to know before a stack is taken down and made again; null where nothing is.</summary>
    public static string? Of(Plan plan)
    {
        if (plan.Settings.Domain is null || plan.Settings.Production) return null;
        if (plan.Certificate.Kept) return $"its certificate outlives it in the secret {plan.Certificate.Secret}, and the next stack of this name takes it up again; delete that secret when no stack of this name is to come";
        var limit = plan.Settings.AcmeDirectory.Host == new Uri(SettingKey.AcmeDirectory.Default!).Host
            ? $"Let's Encrypt issues {LetsEncryptPerWeek} for the same names in seven days"
            : $"{plan.Settings.AcmeDirectory.Host} may issue only a few for the same names in a week";
        return $"each time that it is taken down and made again it asks for another certificate, and {limit}; with {SettingKey.KeepCertificate.Name} the certificate outlives the stack";
    }
}

using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests.Policies;

public class StoragePolicies
{
    [Theory, EveryPlan, Policy]
    public void Bucket_names_are_valid_and_unique(Plan plan) =>
        Assert.All(plan.Buckets, bucket => Assert.Matches("^causeway-[a-z0-9-]{1,16}-[0-9a-f]{10}$", bucket.Name));

    [Theory, EveryPlan, Policy]
    public void Artifacts_are_named_by_their_content(Plan plan) =>
        Assert.All(plan.Buckets.SelectMany(bucket => bucket.Artifacts), artifact =>
        {
            Assert.Contains(artifact.Sha256, artifact.Key, StringComparison.Ordinal);
            if (artifact.Content is { } content) Assert.Equal(artifact.Sha256, Convert.ToHexStringLower(SHA256.HashData(content)));
        });

    [Theory, EveryPlan, Policy]
    public void Demo_stacks_leave_nothing_behind(Plan plan)
    {
        if (plan.Settings.Production) return;
        Assert.All(plan.Buckets, bucket => Assert.True(bucket is { ForceDestroy: true, Protected: false }));
        Assert.All(plan.Secrets, secret => Assert.True(secret is { RecoveryDays: 0, Protected: false }));
        Assert.False(plan.Network.FlowLog.Protected);
        // Only the setting keepCertificate lets something stay.
        Assert.Equal(
            plan.Settings.KeepCertificate ? [plan.Certificate.Secret!] : [],
            plan.Secrets.Where(secret => secret.MadeByHost).Select(secret => secret.Name));
    }

    [Theory, EveryPlan, Policy]
    public void Production_stacks_protect_their_data(Plan plan)
    {
        if (!plan.Settings.Production) return;
        Assert.All(plan.Buckets, bucket => Assert.True(bucket is { ForceDestroy: false, Protected: true }));
        Assert.All(plan.Secrets, secret => Assert.True(secret.Protected));
        Assert.All(plan.Secrets, secret => Assert.InRange(secret.RecoveryDays, 7, 30));
        Assert.True(plan.Network.FlowLog.Protected);
    }

    [Theory, EveryPlan, Policy]
    public void Secrets_do_not_show_in_a_printed_plan(Plan plan)
    {
        var printed = plan.ToString() + string.Concat(plan.Secrets);
        Assert.DoesNotContain(plan.TurnSecret.Reveal(), printed, StringComparison.Ordinal);
        Assert.DoesNotContain(plan.AdmissionKey.Reveal(), printed, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(plan.Settings.RootSecret.Bytes), printed, StringComparison.Ordinal);
    }

    [Theory, EveryPlan, Policy]
    public void The_root_secret_is_never_uploaded(Plan plan)
    {
        var root = Convert.ToBase64String(plan.Settings.RootSecret.Bytes).TrimEnd('=');
        Assert.All(plan.Secrets, secret => Assert.DoesNotContain(root, secret.Value?.Reveal() ?? "", StringComparison.Ordinal));
    }

    [Fact, Policy]
    public void A_rotation_keeps_the_previous_secret_valid() =>
        KeepsSecrets(Plans.Of(("rotation", "2026-08-01")), Plans.Of(("rotation", "2026-11-22/2026-08-01")));

    internal static void KeepsSecrets(Plan before, Plan after)
    {
        foreach (var (old, both) in Derived(before).Zip(Derived(after)))
            Assert.Matches(new Regex($"^[A-Za-z0-9_-]{{43}}\n{Regex.Escape(old)}$"), both);

        static IEnumerable<string> Derived(Plan plan) =>
            plan.Secrets.Where(secret => secret.Value is not null).Select(secret => secret.Value!.Reveal());
    }

    [Fact, Policy]
    public void Outputs_with_credentials_are_secret() => AreSecret(OutputPlan.All);

    internal static void AreSecret(IReadOnlyList<OutputPlan> outputs) =>
        Assert.Equal([OutputPlan.IceServers], outputs.Where(output => output.Secret));
}

using System.Text.RegularExpressions;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Blueprint.Tests.Policies;

public class StoragePolicies
{
    private static void EachBucket(string spread, Action<BucketPlan> check) => Assert.All(Plans.Named(spread).Buckets, check);

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Bucket_names_are_valid_and_unique(string spread) =>
        EachBucket(spread, bucket => Assert.Matches("^causeway-[a-z0-9-]{1,16}-[0-9a-f]{10}$", bucket.Name));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Artifacts_are_named_by_their_content(string spread) => EachBucket(spread, bucket => Assert.All(bucket.Artifacts, artifact =>
    {
        Assert.Contains(artifact.Sha256, artifact.Key, StringComparison.Ordinal);
        if (artifact.Content is { } content)
            Assert.Equal(artifact.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)));
    }));

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Demo_stacks_leave_nothing_behind(string spread)
    {
        var plan = Plans.Named(spread);
        if (plan.Settings.Production) return;
        EachBucket(spread, bucket => Assert.True(bucket.ForceDestroy));
        EachBucket(spread, bucket => Assert.False(bucket.Protected));
        Assert.All(plan.Secrets, secret => Assert.True(secret is { RecoveryDays: 0, Protected: false }));
        Assert.False(plan.Network.FlowLog.Protected);
        // The one thing that may stay is said in words: the setting that is named after it.
        Assert.Equal(
            plan.Settings.KeepCertificate ? [plan.Certificate.Secret!] : [],
            plan.Secrets.Where(secret => secret.MadeByHost).Select(secret => secret.Name));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Production_stacks_protect_their_data(string spread)
    {
        var plan = Plans.Named(spread);
        if (!plan.Settings.Production) return;
        Assert.All(plan.Buckets, bucket => Assert.True(bucket is { ForceDestroy: false, Protected: true }));
        Assert.All(plan.Secrets, secret => Assert.True(secret.Protected));
        Assert.All(plan.Secrets, secret => Assert.InRange(secret.RecoveryDays, 7, 30));
        Assert.True(plan.Network.FlowLog.Protected);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void Secrets_do_not_show_in_a_printed_plan(string spread)
    {
        var plan = Plans.Named(spread);
        var printed = plan.ToString() + string.Concat(plan.Secrets);
        Assert.DoesNotContain(plan.TurnSecret.Reveal(), printed, StringComparison.Ordinal);
        Assert.DoesNotContain(plan.AdmissionKey.Reveal(), printed, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(plan.Settings.RootSecret.Bytes), printed, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans)), Policy]
    public void The_root_secret_is_never_uploaded(string spread)
    {
        var plan = Plans.Named(spread);
        var root = Convert.ToBase64String(plan.Settings.RootSecret.Bytes).TrimEnd('=');
        Assert.All(plan.Secrets, secret => Assert.DoesNotContain(root, secret.Value?.Reveal() ?? "", StringComparison.Ordinal));
    }

    [Fact, Policy]
    public void A_rotation_keeps_the_secret_before_it_valid() =>
        KeepsSecrets(Plans.Of(("rotation", "2026-08-01")), Plans.Of(("rotation", "2026-11-22/2026-08-01")));

    internal static void KeepsSecrets(Plan before, Plan after)
    {
        foreach (var (old, both) in Derived(before).Zip(Derived(after)))
            Assert.Matches(new Regex($"^[A-Za-z0-9_-]{{43}}\n{Regex.Escape(old)}$"), both);

        static IEnumerable<string> Derived(Plan plan) =>
            plan.Secrets.Where(secret => secret.Value is not null).Select(secret => secret.Value!.Reveal());
    }

    [Fact, Policy]
    public void Outputs_with_credentials_in_them_are_secret() => AreSecret(OutputPlan.All);

    internal static void AreSecret(IReadOnlyList<OutputPlan> outputs) =>
        Assert.Equal([OutputPlan.IceServers], outputs.Where(output => output.Secret));
}

using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Causeway.Lab.Network;
using Causeway.Tests.Plans;

namespace Causeway.Lab.Boot;

/// <summary>A booted host renews its certificate by ACME while people use it.</summary>
[Collection(Booting.Name)]
public sealed class CertificateRenewalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact(Explicit = true)]
    public async Task A_renewed_certificate_ends_no_connection_and_is_shown_to_those_that_come_after_it()
    {
        await using var testbed = Testbed.Create("boot-renewal");
        var authority = await AcmeAuthority.StartAsync(testbed);
        var plan = BootPlan.Make();
        await using var aws = await HostAccount.StartAsync(plan);
        // In the last third of its life, and still in force when this test is long over.
        aws.Keep(plan.Certificate.Secret!, BootPlan.Kept(
            testbed.Authority.Issue(TimeSpan.FromMinutes(29), plan.Certificate.Names[0], [.. plan.Certificate.Names.Skip(1)])));
        await using var instance = await BootedInstance.CreateAsync(testbed, plan, aws);
        using (instance.CutOff(authority.Address))
        {
            // With the authority away it serves with what is kept.
            instance.PowerOn();
            await instance.SaysAsync($"causeway: READY generation {plan.Generation}", Patience);
        }

        var before = KeptSerial(aws, plan.Certificate.Secret!);
        await using var standing = await StandingConnections.OpenAsync(
            testbed.Site("home", Access.FriendlyNat).Host("client"), plan, instance, testbed.Authority.TrustFile);
        Assert.Equal((before, before), await standing.SerialsAsync());
        Assert.Equal(0, authority.Orders);

        // What its timer does.
        instance.Run("systemctl start causeway-certificate.service");

        Assert.Equal(1, authority.Orders);
        var after = KeptSerial(aws, plan.Certificate.Secret!);
        Assert.NotEqual(before, after);
        // The services see their files change by themselves, within moments.
        for (var since = Stopwatch.StartNew(); await standing.SerialsAsync() != (after, after);)
        {
            Assert.True(since.Elapsed < Patience, "new connections are shown the old certificate");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        }

        await standing.SendAsync("after the renewal");
        Assert.Empty(aws.Denied);
    }

    private static string KeptSerial(HostAccount aws, string secret)
    {
        using var kept = X509Certificate2.CreateFromPem(
            JsonDocument.Parse(aws.Secret(secret)!).RootElement.GetProperty("chain").GetString());
        return kept.GetSerialNumberString();
    }
}

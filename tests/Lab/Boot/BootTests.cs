using Causeway.Lab.Boot.Aws;
using Causeway.Lab.Network;

namespace Causeway.Lab.Boot;

/// <summary>An instance boots as on EC2, with what the plan renders: <c>script/lab boot</c>.</summary>
[Collection(Booting.Name)]
public sealed class BootTests(BootReport report)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [Fact(Explicit = true)]
    public async Task A_rebuilt_host_takes_the_kept_certificate_and_serves()
    {
        await using var testbed = Testbed.Create("boot");
        var credentials = SignatureV4.Random();
        var plan = BootPlan.Make();
        var aws = new AwsService(plan, credentials, BootPlan.Objects(plan));
        aws.Secrets.Values[plan.Certificate.Secret!] = BootPlan.Kept(testbed.Authority.Issue(plan.Certificate.Names[0], [.. plan.Certificate.Names.Skip(1)]));
        await using var instance = await BootedInstance.CreateAsync(testbed, plan, aws, credentials);

        instance.PowerOn();
        foreach (var step in (string[])["causeway: host prepared", "causeway: relay has a certificate", $"causeway: READY generation {plan.Generation}"])
            TestContext.Current.TestOutputHelper?.WriteLine($"{(await instance.SaysAsync(step, Patience)).TotalSeconds:F1} s: {step}");

        var client = testbed.Site("home", Access.FriendlyNat).Host("client");
        report.Add("the web page from outside, under its real name", "answers over trusted TLS");
        Assert.Contains("<title>Causeway</title>", client.Run("curl", "-sS", "--fail", "--cacert", testbed.Authority.CertificateFile, $"https://{Names.Domain}/"), StringComparison.Ordinal);
    }
}

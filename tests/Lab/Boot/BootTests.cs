using System.Security.Cryptography;
using System.Text.Json;
using Causeway.Blueprint;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;
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
        var (plan, objects) = PlanOfPrograms(testbed);
        var aws = new AwsService(plan, credentials, objects);
        var (chain, key) = testbed.Authority.Issue(plan.Certificate.Names[0], [.. plan.Certificate.Names.Skip(1)]);
        aws.Secrets.Values[plan.Certificate.Secret!] = Kept(chain, key);
        await using var instance = await BootedInstance.CreateAsync(testbed, plan, aws, credentials);

        instance.PowerOn();
        foreach (var step in (string[])["causeway: host prepared", "causeway: relay has a certificate", $"causeway: READY generation {plan.Generation}"])
            TestContext.Current.TestOutputHelper?.WriteLine($"{(await instance.SaysAsync(step, Patience)).TotalSeconds:F1} s: {step}");

        var client = testbed.Site("home", Access.FriendlyNat).Host("client");
        report.Add("the web page from outside, under its real name", "answers over trusted TLS");
        Assert.Contains("<title>Causeway</title>", client.Run("curl", "-sS", "--fail", "--cacert", testbed.Authority.CertificateFile, $"https://{Names.Domain}/"), StringComparison.Ordinal);
    }

    private static string Kept(string chainFile, string keyFile) => JsonSerializer.Serialize(new { chain = File.ReadAllText(chainFile), key = File.ReadAllText(keyFile) });

    private static (Plan Plan, Dictionary<string, Func<byte[]>> Objects) PlanOfPrograms(Testbed testbed)
    {
        var programs = Environment.GetEnvironmentVariable("CAUSEWAY_LAB_PROGRAMS");
        Assert.SkipUnless(programs is { Length: > 0 }, "Instances boot with published programs: run script/lab boot.");
        var artifacts = new List<Artifact>();
        foreach (var service in (string[])["relay", "signalling"])
        {
            var archive = Path.Combine(testbed.Scratch, $"{service}.tar.gz");
            ShellCommand.Run("tar", ["-czf", archive, "-C", Path.Combine(programs!, service), "."]);
            artifacts.Add(new(service, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(archive))), archive));
        }

        var plan = Planner.Plan(StackSettingsReader.Read("lab", new Dictionary<string, string>
        {
            ["region"] = "eu-central-1",
            ["domain"] = Names.Domain,
            ["rootSecret"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["rotation"] = "2026-11-22",
            ["expires"] = "2026-12-31",
            ["access"] = "none",
        }), artifacts);
        return (plan, plan.Buckets[0].Artifacts.ToDictionary(artifact => artifact.Key, artifact => (Func<byte[]>)(() => artifact.Content ?? File.ReadAllBytes(artifact.Path!))));
    }
}

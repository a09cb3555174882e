using System.Security.Cryptography;
using System.Text.Json;
using Causeway.Blueprint;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;
using Causeway.Lab.Network;
using Causeway.Publishing;
using Checkout = Causeway.Tests.Support.Running.Checkout;

namespace Causeway.Lab.Boot;

/// <summary>The plan whose host is booted, with the archives that a deployment uploads as its artifacts.</summary>
internal static class BootPlan
{
    // As `pulumi up` makes them, and with the hash that names them there; script/lab published them a moment ago, so they are found.
    private static readonly Lazy<IReadOnlyList<Artifact>> Artifacts = new(() => ArtifactPublisher.Publish(Checkout.Root, Architecture.X64));

    /// <summary>Makes another stack: the same programs, other secrets.</summary>
    public static Plan Make()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CAUSEWAY_LAB_PROGRAMS") is { Length: > 0 },
            "Instances boot with published programs: run script/lab boot.");
        return Planner.Plan(StackSettingsReader.Read("lab", new Dictionary<string, string>
        {
            ["region"] = "eu-central-1",
            ["domain"] = Names.Domain,
            ["transports"] = "udp,tcp,tls",
            ["acmeDirectory"] = AcmeAuthority.Directory,
            ["rootSecret"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["rotation"] = "2026-11-22",
            ["expires"] = "2026-12-31",
            ["access"] = "none",
        }), Artifacts.Value);
    }

    /// <summary>The secret in which hosts keep a certificate, from two PEM files.</summary>
    public static string Kept((string ChainFile, string KeyFile) pair) =>
        JsonSerializer.Serialize(
            new { directory = AcmeAuthority.Directory, chain = File.ReadAllText(pair.ChainFile), key = File.ReadAllText(pair.KeyFile) });
}

using System.Text.RegularExpressions;
using Causeway.Relay.Settings;
using Causeway.Turn.Options;

namespace Causeway.Relay.Tests.Settings;

/// <summary>The one settings file that a page shows, as a block of <c>jsonc</c>.</summary>
internal static partial class SettingsExample
{
    /// <summary>Checks it as <c>causeway-relay --check</c> does, with files that exist, and returns its settings.</summary>
    public static RelayOptions Check(string page)
    {
        using var certificate = new TestCertificate();
        var folder = Directory.CreateTempSubdirectory("causeway-").FullName;
        try
        {
            var secrets = Path.Combine(folder, "secrets");
            File.WriteAllText(secrets, TestRelay.Secret);
            var example = Assert.Single(Example().Matches(File.ReadAllText(Checkout.At(page)))).Groups["json"].Value
                .Replace("/etc/causeway/secrets", secrets, StringComparison.Ordinal)
                .Replace("/etc/causeway/chain.pem", certificate.ChainFile, StringComparison.Ordinal)
                .Replace("/etc/causeway/key.pem", certificate.KeyFile, StringComparison.Ordinal);
            Assert.DoesNotContain("/etc/", example, StringComparison.Ordinal);
            var file = Path.Combine(folder, "relay.json");
            File.WriteAllText(file, example);

            var errors = new StringWriter();
            Assert.True(RelayCommandLine.TryRead(["--check", file], errors, out var options, out _), errors.ToString());
            return options;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex("```jsonc\n(?<json>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}

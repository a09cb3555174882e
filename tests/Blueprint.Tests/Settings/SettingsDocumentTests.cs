using System.Globalization;
using System.Text;
using Causeway.Blueprint.Cost;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests.Settings;

public class SettingsDocumentTests
{
    [Fact]
    public void Docs_settings_md_lists_the_settings_their_cost_and_the_secrets() =>
        Generated.IsFresh("docs/settings.md", Render());

    private static string Render()
    {
        var plan = Plans.Of(("access", "ssm"), ("ssmAgentKeyFingerprint", Plans.SsmKey));
        var text = new StringBuilder("""
            # Settings of a stack

            Set them with `pulumi config set KEY VALUE`, which writes them to `Pulumi.STACK.yaml` under `causeway:`. All mistakes are
            reported together, each with its key, its value and how to fix it. This page is generated from the code that reads the
            settings.


            """);
        text.Append(ProjectFile.Table());

        text.Append("\n## Outputs\n\n| output | what it is |\n| --- | --- |\n");
        foreach (var output in OutputPlan.All) text.Append($"| `{output.Name}`{(output.Secret ? " (secret)" : "")} | {output.Meaning} |\n");

        AppendCost(text);
        text.Append("""

            ## Where secrets go

            All secrets derive from `rootSecret` and `rotation`. The root secret itself never leaves the stack's encrypted settings. A
            host's root units fetch secrets from Secrets Manager with the instance's role and write files that only one service can read.
            Settings files contain the names of these files and no secrets.

            | secret in Secrets Manager | what it is | file on the host | key of the service's settings |
            | --- | --- | --- | --- |

            """);
        var (relay, signalling) = (plan.Services.Relay, plan.Services.Signalling);
        foreach (var (label, file, setting) in ((string, string, string)[])
        [
            ("turn", relay.SecretsFile!, "relay.secretsFile"),
            ("turn", signalling.Ice.SecretsFile!, "signalling.ice.secretsFile"),
            ("heartbeat", relay.Heartbeat.KeysFile!, "relay.heartbeat.keysFile"),
            ("heartbeat", signalling.Relays.HeartbeatKeysFile!, "signalling.relays.heartbeatKeysFile"),
            ("admission", signalling.Relays.AdmissionKeysFile!, "signalling.relays.admissionKeysFile"),
        ])
        {
            var secret = plan.Secrets.Single(secret => secret.Name.EndsWith($"/{label}", StringComparison.Ordinal));
            text.Append($"| `{Named(secret.Name)}` | {secret.Description} | `{file}` | `{setting}` |\n");
        }
        var kept = plan.Secrets.Single(secret => secret.Name == plan.Certificate.Secret);
        var content = $"{kept.Description}; JSON with `chain` and `key`";
        AppendCertificate("signalling", content, signalling.CertificateFile, signalling.CertificateKeyFile);
        AppendCertificate("relay", "the same", relay.CertificateFile, relay.CertificateKeyFile);

        text.Append("""

            To rotate: `pulumi config set rotation NEW/OLD`, where NEW is today and OLD the current value, then `pulumi up`. New hosts
            accept credentials of both. Remove OLD when its last credential has expired. The credential in the output `iceServers` expires

            """);
        text.Append($"{Rotation.Days} days after the rotation.\n");
        return text.ToString();

        void AppendCertificate(string service, string what, string? file, string? keyFile) => text.Append(
            $"| `{Named(kept.Name)}` | {what} | `{file}`, `{keyFile}` "
            + $"| `{service}.certificateFile`, `{service}.certificateKeyFile` |\n");
    }

    // The stack of Pulumi.dev.yaml, which has no domain, and what changes its cost most: a domain, and Graviton.
    private static void AppendCost(StringBuilder text)
    {
        (string Key, string Value)[] plain = [("region", "us-east-1"), ("domain", ""), ("hostedZone", "")];
        var costs = new (string Name, CostEstimate Cost)[]
        {
            ("`dev`: t3.small", CostEstimate.Of(Plans.Of(plain))),
            ("with a domain", CostEstimate.Of(Plans.Of(("region", "us-east-1")))),
            ("with t4g.small", CostEstimate.Of(Plans.Of([.. plain, ("architecture", "arm64"), ("instanceType", "t4g.small")]))),
        };
        text.Append($"""

            ## What it costs

            US dollars in a month in us-east-1, without tax and without free tiers. `dev` is the stack of `Pulumi.dev.yaml`;
            `ops plan STACK` says it for your settings.

            | what | {string.Join(" | ", costs.Select(cost => cost.Name))} | price of | source |
            | --- |{string.Concat(costs.Select(_ => " ---: |"))} --- | --- |

            """);
        var columns = costs.Select(column => (IReadOnlyList<CostLine>)
        [
            column.Cost.Lines[0] with { What = "the instance, all hours" },
            .. column.Cost.Lines.Skip(1),
            new("each relayed GB, on top", 1, column.Cost.PerRelayedGb!),
            new("each GB of refused traffic's log, on top", 1, column.Cost.PerLoggedGb!),
        ]).ToList();
        for (var row = 0; row < columns[0].Count; row++)
        {
            var (what, price) = (columns[0][row].What, columns[0][row].Price);
            var sums = string.Join(" | ", columns.Select(lines => lines[row].MonthlyUsd.ToString("0.00", CultureInfo.InvariantCulture)));
            text.Append(CultureInfo.InvariantCulture, $"| {what} | {sums} | {price.Date:yyyy-MM-dd} | {price.Source} |\n");
        }
        var totals = costs.Select(column => string.Create(CultureInfo.InvariantCulture, $"**{column.Cost.MonthlyUsd:0.00}**"));
        text.Append($"| **together, without traffic** | {string.Join(" | ", totals)} | | |\n\n");
        text.Append("A stack works in every region; regions without sourced prices have no estimate.\n");
    }

    private static string Named(string secret) => secret.Replace("/dev/", "/STACK/", StringComparison.Ordinal);
}

using System.Globalization;
using System.Text;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests.Settings;

public class SettingsDocumentTests
{
    [Fact]
    public void Docs_settings_md_says_what_can_be_set_what_it_costs_and_where_secrets_go() => Generated.IsFresh("docs/settings.md", Render());

    private static string Render()
    {
        var plan = Plans.Of(("access", "ssm"), ("accessKey", Plans.AccessKey));
        var text = new StringBuilder("""
            # Settings of a stack

            They stand in `Pulumi.STACK.yaml` below `causeway:`, and are set with `pulumi config set KEY VALUE`. All mistakes are reported together, each with
            its key, its value and the mend. This page is made from the code; a test keeps it so.


            """);
        text.Append(ProjectFile.Table());

        text.Append("\n## Outputs\n\n| output | what it is |\n| --- | --- |\n");
        foreach (var output in OutputPlan.All) text.Append($"| `{output.Name}`{(output.Secret ? " (secret)" : "")} | {output.Meaning} |\n");

        AppendCost(text);
        text.Append("""

            ## Where secrets go

            Everything derives from `rootSecret` and `rotation`; the root itself leaves the stack's encrypted settings for nowhere. A host's root units fetch
            from Secrets Manager with the instance's role and write files that one service alone can read; settings files name those files and hold no secret.

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
        text.Append($"| `{Named(plan.Certificate.Secret!)}` | {kept.Description}; JSON with `chain` and `key` | `{signalling.CertificateFile}`, `{signalling.CertificateKeyFile}` | `signalling.certificateFile`, `signalling.certificateKeyFile` |\n");
        text.Append($"| `{Named(plan.Certificate.Secret!)}` | the same | `{relay.CertificateFile}`, `{relay.CertificateKeyFile}` | `relay.certificateFile`, `relay.certificateKeyFile` |\n");

        text.Append("""

            To rotate: `pulumi config set rotation NEW/OLD`, where NEW is today and OLD the day that stood there, then `pulumi up`. New hosts take credentials of
            both; when the last credential of OLD has ended, leave it out. The credential in the output `iceServers` ends

            """);
        text.Append($"{Planner.RotationDays} days after the rotation.\n");
        return text.ToString();
    }

    // Of settings as small as they get with a domain, in x64 and on Graviton.
    private static void AppendCost(StringBuilder text)
    {
        var costs = new[] { Plans.Of(("region", "us-east-1")), Plans.Of(("region", "us-east-1"), ("architecture", "arm64"), ("instanceType", "t4g.small")) }
            .Select(plan => plan.Cost).ToList();
        text.Append("\n## What it costs\n\nUS dollars in a month in us-east-1, without tax and without free tiers; `ops plan STACK` says it for your settings.\n\n");
        text.Append($"| what | {string.Join(" | ", costs.Select(cost => cost.Lines[0].What.Split(',')[0]))} | price of | source |\n| --- | ---: | ---: | --- | --- |\n");
        var rows = costs.Select(cost => cost.Lines.Append(new("each relayed GB, on top", 1, cost.PerRelayedGb!)).Append(new("each GB of refused traffic's log, on top", 1, cost.PerLoggedGb!)).ToList()).ToList();
        for (var row = 0; row < rows[0].Count; row++)
        {
            var (what, price) = (row == 0 ? "the instance, all hours" : rows[0][row].What, rows[0][row].Price);
            text.Append(CultureInfo.InvariantCulture, $"| {what} | {rows[0][row].MonthlyUsd:0.00} | {rows[1][row].MonthlyUsd:0.00} | {price.Date:yyyy-MM-dd} | {price.Source} |\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"| **together, without traffic** | **{costs[0].MonthlyUsd:0.00}** | **{costs[1].MonthlyUsd:0.00}** | | |\n\n");
        text.Append("Regions without an estimate are those that the price table has no sourced prices for; the stack works there all the same.\n");
    }

    private static string Named(string secret) => secret.Replace("/dev/", "/STACK/", StringComparison.Ordinal);
}

using System.Security.Cryptography;
using System.Text;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Secrets;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Blueprint.Boot;

/// <summary>What a host of the <c>single</c> topology is given, put together from the rest of the plan.</summary>
internal sealed record HostBoot(CloudInit CloudInit, IReadOnlyList<HostFile> Files, Artifact Archive)
{
    public static HostBoot For(
        StackSettings settings, ServiceSettings services, string generation, string bucket, IReadOnlyList<Artifact> programs, IReadOnlyList<SecretPlan> secrets, CertificatePlan certificate)
    {
        IReadOnlyList<HostFile> files =
        [
            HostFile.Private("/etc/causeway/relay.json.in", SettingsJson.Render(services.Relay, null)),
            HostFile.Private("/etc/causeway/signalling.json.in", SettingsJson.Render(null, services.Signalling)),
            HostFile.Private(HostPaths.Telemetry, settings.OtlpEndpoint is { } endpoint ? Environment(Telemetry(endpoint)) : "\n"),
            HostFile.Private("/etc/causeway/units", string.Join(' ', Units.All.Where(unit => unit.Sections[^1].Name == "Install").Select(unit => unit.Name)) + "\n"),
            HostFile.Readable("/etc/sysusers.d/causeway.conf", $"u {HostUsers.Relay} -\nu {HostUsers.Signalling} -\n"),
            HostFile.Readable("/etc/tmpfiles.d/causeway.conf", Folders),
            HostFile.Private(HostPaths.Firewall, MetadataTable),
            HostFile.Readable("/etc/sysctl.d/60-causeway.conf", Sysctls(settings.Ports)),
            HostFile.Readable("/etc/systemd/journald.conf.d/causeway.conf", $"[Journal]\nStorage=persistent\nSystemMaxUse=512M\nMaxRetentionSec={settings.LogRetentionDays}day\n"),
            .. Programs.Select(name => HostFile.Program($"{HostPaths.Library}/{Path.GetFileNameWithoutExtension(name)}", HostFile.Script(name))),
            .. Units.All.Select(unit => unit.File()),
        ];
        var archive = HostArchive.Pack(files);
        var host = new Artifact("host", Convert.ToHexStringLower(SHA256.HashData(archive))) { Content = archive };

        var relay = programs.Single(program => program.Service == "relay");
        var signalling = programs.Single(program => program.Service == "signalling");
        var environment = new (string Key, string Value)[]
        {
            ("GENERATION", generation),
            ("REGION", settings.Region),
            ("IMDS", "http://169.254.169.254"),
            ("S3_URL", $"https://{bucket}.s3.{settings.Region}.amazonaws.com"),
            ("SECRETS_URL", $"https://secretsmanager.{settings.Region}.amazonaws.com"),
            ("ROUTE53_URL", "https://route53.amazonaws.com"),
            ("HOSTED_ZONE", settings.HostedZone ?? ""),
            ("DUAL_STACK", settings.DualStack ? "1" : "0"),
            ("PACKAGES", string.Join(' ', (string[])["ca-certificates", "curl", "nftables", "openssl", .. settings.Domain is null ? (string[])[] : ["python3-acme"], .. settings.SessionManager ? (string[])["gpg"] : []])),
            ("SSM_KEY_FINGERPRINT", settings.SsmAgentKeyFingerprint ?? ""),
            ("SSM_AGENT_URL", $"https://s3.{settings.Region}.amazonaws.com/amazon-ssm-{settings.Region}/latest"),
            ("KEYS_URL", "https://keyserver.ubuntu.com"),
            ("HOST_KEY", host.Key),
            ("HOST_SHA256", host.Sha256),
            ("RELAY_KEY", relay.Key),
            ("RELAY_SHA256", relay.Sha256),
            ("SIGNALLING_KEY", signalling.Key),
            ("SIGNALLING_SHA256", signalling.Sha256),
            // Each as SECRET:FILE:SERVICE,SERVICE.
            ("SECRET_FILES", string.Join(' ', secrets.Select(secret => $"{secret.Name}:{secret.File!.Name}:{string.Join(',', secret.File.Services)}"))),
            ("CERTIFICATE_SECRET", certificate.Secret ?? ""),
            ("DOMAIN", settings.Domain ?? ""),
            ("ISSUER", settings.Domain is null ? "0" : "1"),
            ("RENEW_BEFORE_DAYS", $"{certificate.RenewBeforeDays}"),
            ("ACME_DIRECTORY", settings.AcmeDirectory.AbsoluteUri),
            ("ACME_EMAIL", settings.AcmeEmail ?? ""),
            ("RELAY_ADMIN", services.Relay.Admin!),
        };
        var cloudInit = new CloudInit(
            [
                HostFile.Private("/etc/causeway/host.env", Environment(environment)),
                HostFile.Readable($"{HostPaths.Library}/lib.sh", HostFile.Script("lib.sh")),
                HostFile.Program($"{HostPaths.Library}/bootstrap", HostFile.Script("bootstrap.sh")),
                Units.Bootstrap.File(),
            ],
            [["systemctl", "enable", "--now", "--no-block", Units.Bootstrap.Name]]);
        return new(cloudInit, files, host);
    }

    private const string Folders = $"""
        d /etc/causeway 0755 root root
        d {HostPaths.RelayFolder} 0750 root {HostUsers.Relay}
        d {HostPaths.SignallingFolder} 0750 root {HostUsers.Signalling}
        d {HostPaths.NetworkFiles} 0755 root root

        """;

    private static readonly string[] Programs = ["firewall.sh", "host.sh", "certificate.sh", "acme.py", "challenge.sh", "ready.sh"];

    // The services' users have no business with the role's credentials. Root units fetch what they need for them.
    private const string MetadataTable = $$"""
        table inet causeway
        delete table inet causeway
        table inet causeway {
          chain output {
            type filter hook output priority filter;
            meta skuid { "{{HostUsers.Relay}}", "{{HostUsers.Signalling}}" } ip daddr 169.254.169.254 counter drop
            meta skuid { "{{HostUsers.Relay}}", "{{HostUsers.Signalling}}" } ip6 daddr fd00:ec2::254 counter drop
          }
        }

        """;

    // Media arrives in bursts; and many a network drops the ICMP messages that tell a path's size, so TCP finds it by itself where they do not come (RFC 4821).
    // The host's own connections stay off the ports that the relay gives out and listens on, which it binds by number all the same.
    private static string Sysctls(PortPlan ports) => $"""
        net.core.rmem_max = 8388608
        net.core.wmem_max = 8388608
        net.core.netdev_max_backlog = 5000
        net.ipv4.tcp_mtu_probing = 1
        net.ipv4.ip_local_port_range = {ports.Own.First} {ports.Own.Last}
        net.ipv4.ip_local_reserved_ports = {string.Join(',', ports.Transports.Select(offer => $"{offer.Port}").Distinct())},{ports.Relayed}

        """;

    // Collectors take gRPC on 4317 and HTTP on every other port (the specification's own default).
    private static IEnumerable<(string Key, string Value)> Telemetry(Uri endpoint) =>
        [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.AbsoluteUri), ("OTEL_EXPORTER_OTLP_PROTOCOL", endpoint.Port == 4317 ? "grpc" : "http/protobuf")];

    // Single quotes, as the shell reads them.
    private static string Environment(IEnumerable<(string Key, string Value)> values)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in values) text.Append(key).Append("='").Append(value.Replace("'", @"'\''", StringComparison.Ordinal)).Append("'\n");
        return text.ToString();
    }
}

using System.Security.Cryptography;
using System.Text;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Secrets;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Blueprint.Boot;

/// <summary>What a host of the <c>single</c> topology starts with.</summary>
/// <param name="Archive">The files in one archive, which the host fetches by its hash: user-data has too little room for them.</param>
internal sealed record HostBoot(CloudInit CloudInit, IReadOnlyList<HostFile> Files, Artifact Archive)
{
    private static readonly string[] Programs = ["firewall.sh", "host.sh", "certificate.sh", "acme.py", "challenge.sh", "ready.sh"];

    public static HostBoot For(
        StackSettings settings,
        ServiceSettings services,
        string generation,
        string bucket,
        IReadOnlyList<Artifact> programs,
        StackSecrets secrets)
    {
        var files = FilesOf(settings, services);
        var archive = Pack(files);
        var certificate = secrets.CertificatePlan;
        var environment = Variables(
        [
            ("GENERATION", generation),
            ("REGION", settings.Region),
            ("IMDS", "http://169.254.169.254"),
            ("S3_URL", $"https://{bucket}.s3.{settings.Region}.amazonaws.com"),
            ("SECRETS_URL", $"https://secretsmanager.{settings.Region}.amazonaws.com"),
            ("ROUTE53_URL", "https://route53.amazonaws.com"),
            ("HOSTED_ZONE", settings.HostedZone ?? ""),
            ("DUAL_STACK", settings.DualStack ? "1" : "0"),
            ("PACKAGES", string.Join(' ', Packages(settings))),
            ("SSM_KEY_FINGERPRINT", settings.SsmAgentKeyFingerprint ?? ""),
            ("SSM_AGENT_URL", $"https://s3.{settings.Region}.amazonaws.com/amazon-ssm-{settings.Region}/latest"),
            ("KEYS_URL", "https://keyserver.ubuntu.com"),
            .. KeyAndHash("HOST", archive),
            .. KeyAndHash("RELAY", programs.Single(program => program.Service == "relay")),
            .. KeyAndHash("SIGNALLING", programs.Single(program => program.Service == "signalling")),
            ("SECRET_FILES", string.Join(' ', secrets.Derived.Select(SecretFile))),
            ("CERTIFICATE_SECRET", certificate.Secret ?? ""),
            ("DOMAIN", settings.Domain ?? ""),
            ("ISSUER", settings.Domain is null ? "0" : "1"),
            ("RENEW_BEFORE_DAYS", $"{certificate.RenewBeforeDays}"),
            ("ACME_DIRECTORY", settings.AcmeDirectory.AbsoluteUri),
            ("ACME_EMAIL", settings.AcmeEmail ?? ""),
            ("RELAY_ADMIN", services.Relay.Admin!),
        ]);
        var cloudInit = new CloudInit(
            [
                HostFile.Private("/etc/causeway/host.env", environment),
                HostFile.Readable($"{HostPaths.Library}/lib.sh", HostFile.Script("lib.sh")),
                HostFile.Program($"{HostPaths.Library}/bootstrap", HostFile.Script("bootstrap.sh")),
                Units.Bootstrap.File(),
            ],
            [["systemctl", "enable", "--now", "--no-block", Units.Bootstrap.Name]]);
        return new(cloudInit, files, archive);
    }

    private static IReadOnlyList<HostFile> FilesOf(StackSettings settings, ServiceSettings services)
    {
        var telemetry = settings.OtlpEndpoint is { } endpoint ? Variables(Telemetry(endpoint)) : "\n";
        var enabled = Units.All.Where(unit => unit.Sections[^1].Name == "Install").Select(unit => unit.Name);
        return
        [
            HostFile.Private("/etc/causeway/relay.json.in", SettingsJson.Render(services.Relay, null)),
            HostFile.Private("/etc/causeway/signalling.json.in", SettingsJson.Render(null, services.Signalling)),
            HostFile.Private(HostPaths.Telemetry, telemetry),
            HostFile.Private("/etc/causeway/units", string.Join(' ', enabled) + "\n"),
            HostFile.Readable("/etc/sysusers.d/causeway.conf", $"u {HostUsers.Relay} -\nu {HostUsers.Signalling} -\n"),
            HostFile.Readable("/etc/tmpfiles.d/causeway.conf", Folders),
            HostFile.Private(HostPaths.Firewall, MetadataTable),
            HostFile.Readable("/etc/sysctl.d/60-causeway.conf", Sysctls(settings.Ports)),
            HostFile.Readable("/etc/systemd/journald.conf.d/causeway.conf",
                $"[Journal]\nStorage=persistent\nSystemMaxUse=512M\nMaxRetentionSec={settings.LogRetentionDays}day\n"),
            .. Programs.Select(program =>
                HostFile.Program($"{HostPaths.Library}/{Path.GetFileNameWithoutExtension(program)}", HostFile.Script(program))),
            .. Units.All.Select(unit => unit.File()),
        ];
    }

    // Not compressed, so that its bytes, and with them the generation, don't depend on a compressor's version.
    private static Artifact Pack(IEnumerable<HostFile> files)
    {
        using var archive = new MemoryStream();
        DeterministicTar.Write(archive, files.Select(file => new PackedFile(
            file.Path.TrimStart('/'),
            (UnixFileMode)Convert.ToInt32(file.Mode, 8),
            () => new MemoryStream(Encoding.UTF8.GetBytes(file.Content)))));
        var content = archive.ToArray();
        return new("host", Convert.ToHexStringLower(SHA256.HashData(content))) { Content = content };
    }

    private static IEnumerable<string> Packages(StackSettings settings)
    {
        string[] always = ["ca-certificates", "curl", "nftables", "openssl"];
        foreach (var package in always) yield return package;
        if (settings.Domain is not null) yield return "python3-acme";
        if (settings.SessionManager) yield return "gpg";
    }

    private static IEnumerable<(string Key, string Value)> KeyAndHash(string name, Artifact artifact) =>
        [($"{name}_KEY", artifact.Key), ($"{name}_SHA256", artifact.Sha256)];

    // SECRET:FILE:SERVICE,SERVICE
    private static string SecretFile(SecretPlan secret) => $"{secret.Name}:{secret.File!.Name}:{string.Join(',', secret.File.Services)}";

    private const string Folders = $"""
        d /etc/causeway 0755 root root
        d {HostPaths.RelayFolder} 0750 root {HostUsers.Relay}
        d {HostPaths.SignallingFolder} 0750 root {HostUsers.Signalling}
        d {HostPaths.NetworkFiles} 0755 root root

        """;

    // The services must not read the role's credentials. Root units fetch what the services need.
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

    // Media arrives in bursts, which need large buffers. Many networks drop the ICMP messages of path MTU discovery, so TCP probes for it
    // (RFC 4821). The host's own connections avoid the ports of the relay.
    private static string Sysctls(PortPlan ports) => $"""
        net.core.rmem_max = 8388608
        net.core.wmem_max = 8388608
        net.core.netdev_max_backlog = 5000
        net.ipv4.tcp_mtu_probing = 1
        net.ipv4.ip_local_port_range = {ports.Own.First} {ports.Own.Last}
        net.ipv4.ip_local_reserved_ports = {string.Join(',', ports.Transports.Select(offer => $"{offer.Port}").Distinct())},{ports.Relayed}

        """;

    // Collectors accept gRPC on 4317 and HTTP on every other port (the specification's default).
    private static IEnumerable<(string Key, string Value)> Telemetry(Uri endpoint) =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.AbsoluteUri),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", endpoint.Port == 4317 ? "grpc" : "http/protobuf"),
    ];

    // In single quotes, for the shell.
    private static string Variables(IEnumerable<(string Key, string Value)> values) =>
        string.Concat(values.Select(value => $"{value.Key}='{value.Value.Replace("'", @"'\''", StringComparison.Ordinal)}'\n"));
}

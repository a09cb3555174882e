using System.Net;
using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Settings;

/// <summary>One setting of a stack, in <c>Pulumi.STACK.yaml</c> under <c>causeway:</c>. Each field below adds one.</summary>
public abstract class SettingKey
{
    private static readonly List<SettingKey> Registered = [];

    private protected SettingKey(string name, SettingForm form, string meaning, string? defaultsTo)
    {
        (Name, Form, Meaning, Default) = (name, form, meaning, defaultsTo);
        Registered.Add(this);
    }

    public string Name { get; }
    public SettingForm Form { get; }
    public string Meaning { get; }

    /// <summary>Gets the value when it isn't set; null for none.</summary>
    public string? Default { get; }

    /// <summary>Gets whether it must be encrypted (<c>pulumi config set --secret</c>). Defaults to false.</summary>
    public bool Secret { get; init; }

    /// <summary>Gets whether every stack must set it. Defaults to false.</summary>
    public bool Required { get; init; }

    /// <summary>Gets how to get a value that is required and missing. Defaults to the form's words.</summary>
    public string WhenMissing { get => field ?? $"write {Form.Values}"; init; }

    /// <summary>Gets the name that it had in an earlier version. Defaults to null: none.</summary>
    public string? OldName { get; init; }

    /// <summary>Gets every setting, in the order in which they are documented.</summary>
    public static IReadOnlyList<SettingKey> All => Registered;

    /// <summary>Gets the days that CloudWatch Logs can keep a log group for (PutRetentionPolicy), up to ten years.</summary>
    public static IReadOnlyList<int> RetentionDays { get; } =
        [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    // The most characters of a URL: two of them travel in the hosts' user-data.
    private const int UrlCharacters = 500;

    public static readonly SettingKey<string> Region = new("region", StackForms.Region, "The AWS region to deploy to.") { Required = true };

    public static readonly SettingKey<string> Zone = new("zone",
        Forms.Pattern("^[a-f]$", "a zone letter from a to f", "a"),
        "The availability zone in the region, by its letter.", defaultsTo: "a");

    public static readonly SettingKey<bool> Topology = new("topology", Forms.Choice(("single", true)),
        "What runs where: `single` runs signalling and relay on one instance.", defaultsTo: "single");

    public static readonly SettingKey<string> Domain = new("domain", StackForms.DnsName("call.example.org"),
        "The DNS name of the page; relays get names below it. "
        + "Without a domain the page has a self-signed certificate and no `turns:` is offered.");

    public static readonly SettingKey<string> HostedZone = new("hostedZone", StackForms.DnsName("example.org"),
        "The public Route 53 hosted zone that contains the domain. Defaults to the domain itself.");

    public static readonly SettingKey<string> InstanceType = new("instanceType",
        Forms.Pattern(@"^[a-z][a-z0-9-]{0,9}\.[a-z0-9-]{1,14}$", "an instance type", "t3.small"),
        "The EC2 instance type.", defaultsTo: "t3.small");

    public static readonly SettingKey<Architecture> Architecture = new("architecture",
        Forms.Choice(("x64", Settings.Architecture.X64), ("arm64", Settings.Architecture.Arm64)),
        "The processor that the services are published for.", defaultsTo: "x64");

    public static readonly SettingKey<string> Image = new("image",
        Forms.Pattern(
            "^debian-13-(amd64|arm64)-20[0-9]{6}-[0-9]+$", "the full name of an official Debian 13 image", "debian-13-amd64-20260914-2601"),
        "The official Debian image, by its exact name. Defaults to a tested image of the architecture.");

    public static readonly SettingKey<int> DiskGb = new("diskGb", Forms.Integer(8, 1024),
        "The size of the instance's disk in GiB.", defaultsTo: "8");

    public static readonly SettingKey<IPNetwork> NetworkPrefix = new("networkPrefix", StackForms.Network,
        "The private IPv4 prefix of the network. The relay denies it as a peer.", defaultsTo: "10.77.0.0/24");

    public static readonly SettingKey<PortRange> RelayPorts = new("relayPorts", StackForms.RelayPorts,
        "The UDP ports of relayed transport addresses, first and last.", defaultsTo: $"{PortRange.Dynamic}");

    public static readonly SettingKey<IReadOnlyList<Transport>> Transports = new("transports", StackForms.Transports,
        "The transports between clients and relay; `tls` needs a domain. Defaults to all that are possible.");

    public static readonly SettingKey<int> TurnPort = new("turnPort", StackForms.Port,
        "The port of STUN and TURN over UDP and TCP.", defaultsTo: $"{PortPlan.TurnPort}");

    public static readonly SettingKey<int> TurnsPort = new("turnsPort", StackForms.Port,
        "The port of TURN over TLS. 443 is open where nothing else is.", defaultsTo: $"{PortPlan.HttpsPort}");

    public static readonly SettingKey<bool> DualStack = new("dualStack", Forms.Flag,
        "Serves IPv6 in addition to IPv4.", defaultsTo: "true");

    public static readonly SettingKey<RootSecret> RootSecret = new("rootSecret", StackForms.RootSecret,
        "32 or more random bytes in base64. Every other secret derives from it. `ops init` generates one.")
    {
        Secret = true,
        Required = true,
        WhenMissing = "run ops init, or pulumi config set --secret rootSecret with the output of openssl rand -base64 32",
    };

    public static readonly SettingKey<Rotation> Rotation = new("rotation", StackForms.Rotation,
        "The day of the current rotation of the derived secrets. "
        + "The day after the slash is the previous rotation, whose secrets stay valid.")
    {
        Required = true,
    };

    /// <summary>Whether the stack protects its data: true for <c>production</c>.</summary>
    public static readonly SettingKey<bool> Stage = new("stage", Forms.Choice(("demo", false), ("production", true)),
        "`demo` stacks leave nothing behind when destroyed and have a day of expiry; `production` stacks protect their data.",
        defaultsTo: "demo");

    public static readonly SettingKey<DateOnly?> Expires = new("expires", Forms.Day("2026-12-31"),
        "The last day of a demo stack. `ops sweep` may delete it afterwards; `ops extend` sets a later day. Required for demo stacks.");

    public static readonly SettingKey<int> LogRetentionDays = new("logRetentionDays",
        Forms.OneOf(RetentionDays, "a retention that CloudWatch offers"),
        "How many days logs of rejected traffic, and the host's own journal, are kept.", defaultsTo: "30");

    public static readonly SettingKey<IReadOnlyDictionary<string, string>> Tags = new("tags", StackForms.Tags,
        "Tags for every resource, in addition to the stack's own. "
        + "Health checks and objects in buckets take ten in all and get the first by name.");

    /// <summary>Whether operators can open a shell through Session Manager.</summary>
    public static readonly SettingKey<bool> Access = new("access", Forms.Choice(("none", false), ("ssm", true)),
        "How an operator opens a shell on a host: through Session Manager, or not at all. There is no SSH.", defaultsTo: "none");

    public static readonly SettingKey<string> SsmAgentKeyFingerprint = new("ssmAgentKeyFingerprint", StackForms.Fingerprint,
        "The fingerprint of the key that Amazon signs the Session Manager agent with, from its user guide "
        + "(\"Verifying the signature of the SSM Agent\"). Required for access `ssm`. It changes every other year.")
    {
        OldName = "accessKey",
    };

    public static readonly SettingKey<bool> Gate = new("gate", Forms.Choice(("deployer", true), ("off", false)),
        "Whether the machine that runs the update probes a new generation before it is used.", defaultsTo: "deployer");

    public static readonly SettingKey<int> DrainSeconds = new("drainSeconds", Forms.Integer(0, 3600),
        "How many seconds an update waits for calls to move from the old relay to the new one; 0 doesn't wait. Needs the gate.",
        defaultsTo: "120");

    public static readonly SettingKey<Uri> OtlpEndpoint = new("otlpEndpoint",
        Forms.Url(UrlCharacters, Uri.UriSchemeHttp, Uri.UriSchemeHttps),
        "Where both services send metrics over OTLP: by gRPC if its port is 4317, by HTTP otherwise. Defaults to nowhere.");

    public static readonly SettingKey<string> AlarmEmail = new("alarmEmail", StackForms.Email,
        "The address that alarms are sent to. Without one they show in CloudWatch only.");

    public static readonly SettingKey<string> AcmeEmail = new("acmeEmail", StackForms.Email,
        "The contact of the ACME account. Defaults to hostmaster at the hosted zone.");

    public static readonly SettingKey<Uri> AcmeDirectory = new("acmeDirectory", Forms.Url(UrlCharacters, Uri.UriSchemeHttps),
        "The ACME directory of the certificate authority (RFC 8555 §7.1.1). "
        + "Unless `gate` is off, the machine that runs the update must trust the authority. "
        + "External account binding (§7.3.4) isn't supported.",
        defaultsTo: "https://acme-v02.api.letsencrypt.org/directory");

    public static readonly SettingKey<bool> KeepCertificate = new("keepCertificate", Forms.Flag,
        "Keeps a demo's certificate when the stack is destroyed, in a secret that the next stack of the same name uses: "
        + "authorities issue the same names only a few times a week. Needs a demo stack with a domain.",
        defaultsTo: "false");
}

public sealed class SettingKey<T>(string name, SettingForm<T> form, string meaning, string? defaultsTo = null)
    : SettingKey(name, form, meaning, defaultsTo);

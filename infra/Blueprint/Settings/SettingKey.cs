namespace Causeway.Blueprint.Settings;

/// <summary>One setting of a stack, as it stands in <c>Pulumi.STACK.yaml</c> under <c>causeway:</c>.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Default">What holds when it is not set; null when it must be set or when nothing is meant.</param>
/// <param name="Meaning">What it does, in one sentence.</param>
/// <param name="Values">What may stand there, in words.</param>
/// <param name="Secret">Whether it must be set with <c>pulumi config set --secret</c>.</param>
/// <param name="Required">Whether a stack without it is a mistake.</param>
/// <param name="Type">Its type in the project's schema.</param>
public sealed record SettingKey(string Name, string? Default, string Meaning, string Values, bool Secret = false, bool Required = false, string Type = "string")
{
    /// <summary>The numbers of days that CloudWatch Logs keeps a log group for (PutRetentionPolicy), up to ten years.</summary>
    public static IReadOnlyList<int> RetentionDays { get; } = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    /// <summary>The stack's region, which also decides prices.</summary>
    public static readonly SettingKey Region = new("region", null, "The AWS region that everything stands in.", "an AWS region, as eu-central-1", Required: true);

    /// <summary>The availability zone.</summary>
    public static readonly SettingKey Zone = new("zone", "a", "The availability zone in the region, by its letter.", "a letter from a to f");

    /// <summary>The topology.</summary>
    public static readonly SettingKey Topology = new("topology", "single", "What stands where: `single` runs signalling and relay on one instance.", "single");

    /// <summary>The domain.</summary>
    public static readonly SettingKey Domain = new("domain", null,
        "The DNS name of the page; relays get names below it. Without one the page has a self-made certificate and no `turns:` is offered.", "a DNS name, as call.example.org");

    /// <summary>The hosted zone.</summary>
    public static readonly SettingKey HostedZone = new("hostedZone", null, "The public Route 53 hosted zone that holds the domain; the domain itself when not set.", "a DNS name, as example.org for call.example.org");

    /// <summary>The instance type.</summary>
    public static readonly SettingKey InstanceType = new("instanceType", "t3.small", "The EC2 instance type.", "an instance type, as t3.small or t4g.small");

    /// <summary>The processor architecture.</summary>
    public static readonly SettingKey Architecture = new("architecture", "x64", "The processor that the services are published for.", "x64 or arm64");

    /// <summary>The machine image.</summary>
    public static readonly SettingKey Image = new("image", null, "The official Debian image, by its exact name; a tested one of the architecture when not set.", "a name, as debian-13-amd64-20260914-2601");

    /// <summary>The disk's size.</summary>
    public static readonly SettingKey DiskGb = new("diskGb", "8", "The size of the instance's disk in GiB.", "8 to 1024", Type: "integer");

    /// <summary>The network's addresses.</summary>
    public static readonly SettingKey NetworkPrefix = new("networkPrefix", "10.77.0.0/24", "The private IPv4 prefix of the network; the relay denies it as a peer.", "a private prefix from /16 to /28");

    /// <summary>The relayed ports.</summary>
    public static readonly SettingKey RelayPorts = new("relayPorts", "49152-65535", "The UDP ports of relayed transport addresses, first and last.", "FIRST-LAST from 1024 to 65535, 100 ports or more, without 3389, and with 4096 left below or above");

    /// <summary>The relay's transports.</summary>
    public static readonly SettingKey Transports = new("transports", null, "What clients may speak with the relay over; all of them when not set, though `tls` needs a domain.", "udp, tcp, tls, separated by commas");

    /// <summary>The port of TURN.</summary>
    public static readonly SettingKey TurnPort = new("turnPort", "3478", "The port of STUN and TURN over UDP and TCP.", "a port, 1 to 65535, but 22, 80 and 3389", Type: "integer");

    /// <summary>The port of TURN over TLS.</summary>
    public static readonly SettingKey TurnsPort = new("turnsPort", "443", "The port of TURN over TLS; 443 is open where nothing else is.", "a port, 1 to 65535, but 22, 80 and 3389", Type: "integer");

    /// <summary>Whether IPv6 is served too.</summary>
    public static readonly SettingKey DualStack = new("dualStack", "true", "Serves IPv6 beside IPv4.", "true or false", Type: "boolean");

    /// <summary>The root secret.</summary>
    public static readonly SettingKey RootSecret = new("rootSecret", null, "32 or more random bytes in base64; every other secret derives from it. `ops init` makes one.", "base64", Secret: true, Required: true);

    /// <summary>The rotation stamp.</summary>
    public static readonly SettingKey Rotation = new("rotation", null,
        "The day of this rotation of the derived secrets; behind a slash the one before it, whose secrets stay valid meanwhile.", "2026-11-22 or 2026-11-22/2026-08-01", Required: true);

    /// <summary>Whether the stack holds data that must survive.</summary>
    public static readonly SettingKey Stage = new("stage", "demo", "`demo` stacks leave nothing behind when destroyed and carry a day of expiry; `production` protects its data.", "demo or production");

    /// <summary>The day a demo stack may be swept.</summary>
    public static readonly SettingKey Expires = new("expires", null,
        "The last day of a demo stack: `ops sweep` may delete it afterwards, `ops extend` sets a later one. Required for demo stacks.",
        "a day, as 2026-12-31");

    /// <summary>How long logs are kept.</summary>
    public static readonly SettingKey LogRetentionDays = new("logRetentionDays", "30", "How long logs of refused traffic, and the host's own journal, are kept.", string.Join(", ", RetentionDays), Type: "integer");

    /// <summary>Tags.</summary>
    public static readonly SettingKey Tags = new("tags", null, "Tags on everything, besides the stack's own; health checks and the bucket's objects take ten in all, and get those that come first by name.", "a map of up to 20 texts", Type: "object");

    /// <summary>How operators reach hosts.</summary>
    public static readonly SettingKey Access = new("access", "none", "How an operator opens a shell: through Session Manager, or not at all. Never SSH.", "none or ssm");

    /// <summary>Whose signature the Session Manager agent must have.</summary>
    public static readonly SettingKey AccessKey = new("accessKey", null,
        "The fingerprint of the key that Amazon signs the Session Manager agent with, from its user guide (\"Verifying the signature of the SSM Agent\"); required for ssm. It changes every other year.", "40 hexadecimal digits");

    /// <summary>Who probes a new generation.</summary>
    public static readonly SettingKey Gate = new("gate", "deployer", "Who probes a new generation before it is used: the machine that runs the update, or nobody.", "deployer or off");

    /// <summary>How long the old relay is waited for.</summary>
    public static readonly SettingKey DrainSeconds = new("drainSeconds", "120",
        "How long an update waits for the calls on the old relay to move to the new one before it takes the old one down, in seconds; 0 does not wait. Needs the gate.", "0 to 3600", Type: "integer");

    /// <summary>Where telemetry goes.</summary>
    public static readonly SettingKey OtlpEndpoint = new("otlpEndpoint", null, "Where both services send their metrics over OTLP: by gRPC when its port is 4317, by HTTP otherwise; nowhere when not set.", "an http or https URL, up to 500 characters");

    /// <summary>Who is told of alarms.</summary>
    public static readonly SettingKey AlarmEmail = new("alarmEmail", null, "Who is told of alarms; alarms show in CloudWatch only when not set.", "an e-mail address");

    /// <summary>The ACME account's contact.</summary>
    public static readonly SettingKey AcmeEmail = new("acmeEmail", null, "The contact of the ACME account; hostmaster at the hosted zone when not set.", "an e-mail address");

    /// <summary>The ACME server.</summary>
    public static readonly SettingKey AcmeDirectory = new("acmeDirectory", "https://acme-v02.api.letsencrypt.org/directory", "The certificate authority's ACME directory (RFC 8555 §7.1.1); of one that the machine which runs the update trusts, or the gate never passes, unless `gate` is off; authorities that demand external account binding (§7.3.4) are not supported.", "an https URL, up to 500 characters");

    /// <summary>Whether the certificate outlives a demo.</summary>
    public static readonly SettingKey KeepCertificate = new("keepCertificate", "false",
        "Keeps a demo's certificate when the stack is taken down, in a secret that the next stack of the same name takes up: authorities issue the same names only a few times in a week.",
        "true or false; true needs a demo with a domain", Type: "boolean");

    /// <summary>Every setting, in the order in which they are documented.</summary>
    public static IReadOnlyList<SettingKey> All { get; } =
    [
        Region, Zone, Topology, Domain, HostedZone, InstanceType, Architecture, Image, DiskGb, NetworkPrefix, RelayPorts, Transports, TurnPort,
        TurnsPort, DualStack, RootSecret, Rotation, Stage, Expires, LogRetentionDays, Tags, Access, AccessKey, Gate, DrainSeconds, OtlpEndpoint, AlarmEmail, AcmeEmail, AcmeDirectory, KeepCertificate,
    ];
}

using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Settings;

/// <summary>Reads a stack's settings from texts, and reports every mistake together.</summary>
public sealed partial class StackSettingsReader
{
    private readonly string _stack;
    private readonly IReadOnlyDictionary<string, string> _values;
    private readonly IReadOnlySet<string>? _encrypted;
    private readonly List<Mistake> _mistakes = [];

    private StackSettingsReader(string stack, IReadOnlyDictionary<string, string> values, IReadOnlySet<string>? encrypted) =>
        (_stack, _values, _encrypted) = (stack, values, encrypted);

    /// <summary>Reads settings.</summary>
    /// <param name="stack">The stack's name.</param>
    /// <param name="values">Key and text of each setting, without the <c>causeway:</c> before it; maps are JSON.</param>
    /// <param name="withoutSecret">Takes <see cref="RootSecret.Unread"/> when the root secret is not given: for looking at a plan without the means to decrypt.</param>
    /// <param name="encrypted">
    /// The keys whose values are kept encrypted, whatever they are: their values are not shown in a mistake, and a secret that is not among them stands in clear, which is one.
    /// Null where nothing is kept yet.
    /// </param>
    /// <exception cref="SettingsException">Something is wrong with the settings; all of it is said.</exception>
    public static StackSettings Read(string stack, IReadOnlyDictionary<string, string> values, bool withoutSecret = false, IReadOnlySet<string>? encrypted = null)
    {
        var reader = new StackSettingsReader(stack, values, encrypted);
        var settings = reader.Read(withoutSecret);
        SettingsException.ThrowIfAny(reader._mistakes);
        return settings;
    }

    // Every value is read before anything is thrown, so a value after a mistake is a stand-in that nobody sees.
    private StackSettings Read(bool withoutSecret)
    {
        CheckStack();
        CheckKeys();

        var region = ReadRegion();
        var letter = Matching(SettingKey.Zone, ZoneForm(), "is no zone; write its letter, as a");
        OneOf(SettingKey.Topology, "single");
        var domain = Matching(SettingKey.Domain, NameForm(), "is no DNS name; write one as call.example.org, in lower case");
        var zone = Matching(SettingKey.HostedZone, NameForm(), "is no DNS name; write the hosted zone's, as example.org, in lower case");
        CheckZone(domain, zone);
        var architecture = OneOf(SettingKey.Architecture, "x64", "arm64") == "arm64" ? Architecture.Arm64 : Architecture.X64;
        var ports = ReadPorts(domain);
        var production = OneOf(SettingKey.Stage, "demo", "production") == "production";
        var gate = OneOf(SettingKey.Gate, "deployer", "off") == "deployer";

        return new()
        {
            Stack = _stack,
            Region = region,
            Zone = region + letter,
            Domain = domain,
            HostedZone = domain is null ? null : zone ?? domain,
            InstanceType = ReadInstanceType(architecture),
            Architecture = architecture,
            Image = ReadImage(architecture),
            DiskGb = Number(SettingKey.DiskGb, 8, 1024),
            NetworkPrefix = ReadNetwork(),
            Ports = ports,
            DualStack = OneOf(SettingKey.DualStack, "true", "false") == "true",
            RootSecret = ReadRootSecret(withoutSecret),
            Rotation = ReadRotation(),
            Expires = ReadExpiry(production),
            LogRetentionDays = ReadRetention(),
            Tags = ReadTags(),
            AccessKey = ReadAccess(),
            Gate = gate,
            Drain = TimeSpan.FromSeconds(ReadDrain(gate)),
            OtlpEndpoint = Url(SettingKey.OtlpEndpoint, Uri.UriSchemeHttp, Uri.UriSchemeHttps),
            AlarmEmail = Matching(SettingKey.AlarmEmail, EmailForm(), "is no e-mail address; write one as ops@example.org"),
            AcmeEmail = Matching(SettingKey.AcmeEmail, EmailForm(), "is no e-mail address; write one as ops@example.org") ?? (domain is null ? null : $"hostmaster@{zone ?? domain}"),
            AcmeDirectory = ReadAcmeDirectory(domain, gate),
            KeepCertificate = ReadKeepCertificate(domain, production),
        };
    }

    /// <summary>What is wrong with a stack's name; null when nothing is.</summary>
    // Names of roles, buckets and alarms hold it; buckets are the strictest: 63 characters, lower case (S3 bucket naming rules).
    public static Mistake? MistakeInName(string stack) =>
        StackForm().IsMatch(stack) ? null : new("stack", Short(stack), "cannot stand in names; use 1 to 16 of a-z, 0-9 and -, a letter first, no - at the end");

    private void CheckStack()
    {
        if (MistakeInName(_stack) is { } mistake) _mistakes.Add(mistake);
    }

    private void CheckKeys()
    {
        foreach (var key in SettingKey.All.Where(key => key.Secret && Given(key) && _encrypted?.Contains(key.Name) == false))
            _mistakes.Add(new(key.Name, null, "stands in the stack's file in clear; change it, and set it with pulumi config set --secret"));
        foreach (var key in _values.Keys.Union(_encrypted ?? new HashSet<string>()).Where(key => SettingKey.All.All(known => known.Name != key)).Order(StringComparer.Ordinal))
        {
            var nearest = SettingKey.All.OrderBy(known => Distance(known.Name, key)).First();
            var meant = Distance(nearest.Name, key) <= 3;
            // A misspelt key of a secret holds a secret.
            var value = Encrypted(key) || (meant && nearest.Secret) ? null : Short(_values[key]);
            _mistakes.Add(new(key, value, (value is null ? "is no setting; " : "is set for no setting; ") + (meant
                ? $"did you mean {nearest.Name}?"
                : $"the settings are {string.Join(", ", SettingKey.All.Select(known => known.Name))}")));
        }
        foreach (var key in SettingKey.All.Where(key => key.Required && !key.Secret && Text(key) is null)) _mistakes.Add(new(key.Name, null, $"is missing; write {key.Values}"));
    }

    private string ReadRegion()
    {
        if (Matching(SettingKey.Region, RegionForm(), "is no AWS region; write one as eu-central-1") is not { } region) return "none-1";
        // Names of resources, addresses of services and the account of Debian's images are those of AWS's public part.
        if (OtherPartitions.Any(prefix => region.StartsWith(prefix, StringComparison.Ordinal)))
            Wrong(SettingKey.Region, region, "lies in a part of AWS of its own (China, government, sovereign), which this program does not know; choose a region of the public part, as eu-central-1");
        return region;
    }

    private static readonly string[] OtherPartitions = ["cn-", "us-gov-", "us-iso", "eu-iso", "eusc-"];

    private void CheckZone(string? domain, string? zone)
    {
        if (zone is not null && !Given(SettingKey.Domain))
            _mistakes.Add(new(SettingKey.HostedZone.Name, zone, "needs a domain; set domain too, or remove it"));
        else if (zone is not null && domain is not null && domain != zone && !domain.EndsWith("." + zone, StringComparison.Ordinal))
            _mistakes.Add(new(SettingKey.HostedZone.Name, zone, $"does not hold {domain}; write {domain} itself or a zone above it, as {SuggestedZone(domain)}"));
    }

    /// <summary>
    /// The hosted zone that most likely holds a domain: its parent, or itself when that would be a top-level domain. A guess, because nobody can tell
    /// from a name where zones are cut.
    /// </summary>
    public static string SuggestedZone(string domain) => domain.Split('.', 2) is [_, var parent] && parent.Contains('.', StringComparison.Ordinal) ? parent : domain;

    private PortPlan ReadPorts(string? domain)
    {
        var turn = Number(SettingKey.TurnPort, 1, 65535);
        var turns = Number(SettingKey.TurnsPort, 1, 65535);
        var relayed = PortRange.Dynamic;
        var text = Text(SettingKey.RelayPorts)!;
        if (!PortRange.TryParse(text, out var range, out var mend)) Wrong(SettingKey.RelayPorts, text, mend);
        else if (range.First < 1024) Wrong(SettingKey.RelayPorts, text, "begins among the system's ports; begin at 1024 or above");
        else if (range.Count < 100) Wrong(SettingKey.RelayPorts, text, "is too small for a relay, which needs a port for each allocation; give it 100 or more");
        else if (!PortPlan.LeavesEnough(range))
            Wrong(SettingKey.RelayPorts, text, $"leaves the host too few ports for connections of its own; leave {PortPlan.FewestOwn} free below it (from 1024) or above it");
        else if (PortPlan.Closed.FirstOrDefault(range.Contains) is > 0 and var closed)
            Wrong(SettingKey.RelayPorts, text, $"holds {closed}, which stays closed whatever is set; begin above it, or end below");
        else relayed = range;

        // Only UDP ports can collide with relayed ones, but a range beside every listener is easier to read in a firewall.
        foreach (var (key, port) in new[] { (SettingKey.TurnPort, turn), (SettingKey.TurnsPort, turns) })
        {
            if (relayed.Contains(port)) Wrong(key, Invariant(port), $"lies in relayPorts {relayed}; choose one beside it");
            if (PortPlan.Closed.Contains(port)) Wrong(key, Invariant(port), $"stays closed whatever is set, as {string.Join(", ", PortPlan.Closed)} do; choose another");
        }

        var transports = ReadTransports(domain);
        if (turn == turns && transports.Contains(Transport.Tls) && transports.Contains(Transport.Tcp))
            Wrong(SettingKey.TurnsPort, Invariant(turns), "is turnPort too; TLS and plain TCP need a port each");
        return new(PortPlan.HttpsPort, [.. transports.Select(transport => new TransportPort(transport, transport == Transport.Tls ? turns : turn))], relayed);
    }

    private List<Transport> ReadTransports(string? domain)
    {
        if (Text(SettingKey.Transports) is not { } text) return domain is null ? [Transport.Udp, Transport.Tcp] : [Transport.Udp, Transport.Tcp, Transport.Tls];

        var transports = new List<Transport>();
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            Transport? transport = name switch { "udp" => Transport.Udp, "tcp" => Transport.Tcp, "tls" => Transport.Tls, _ => null };
            if (transport is null) Wrong(SettingKey.Transports, name.Length == 0 ? "(nothing)" : name, "is no transport; choose among udp, tcp and tls");
            else if (transports.Contains(transport.Value)) Wrong(SettingKey.Transports, name, "stands there twice; name each transport once");
            else transports.Add(transport.Value);
        }
        // Browsers let nobody click a warning away for turns:, so without a domain there is no use for it.
        if (domain is null && transports.Contains(Transport.Tls))
            Wrong(SettingKey.Transports, "tls", "needs a certificate that browsers trust, and so a domain; set domain, or leave tls out");
        if (!transports.Contains(Transport.Udp) && transports.Count > 0) Wrong(SettingKey.Transports, text, "lacks udp, which STUN and most calls need; add it");
        transports.Sort();
        return transports;
    }

    private string ReadInstanceType(Architecture architecture)
    {
        var type = Matching(SettingKey.InstanceType, InstanceTypeForm(), "is no instance type; write one as t3.small") ?? "t3.small";
        // The g behind the generation's number marks Graviton (t4g, c7gn); Amazon's older a1 is the one exception.
        var arm = GravitonForm().IsMatch(type) || type.StartsWith("a1.", StringComparison.Ordinal);
        if (arm != (architecture == Architecture.Arm64))
            Wrong(SettingKey.InstanceType, type, arm ? "has an ARM processor; set architecture to arm64" : "has no ARM processor; set architecture to x64");
        return type;
    }

    private string ReadImage(Architecture architecture)
    {
        var debian = architecture == Architecture.Arm64 ? "arm64" : "amd64";
        if (Text(SettingKey.Image) is null) return $"debian-13-{debian}-20260914-2601";

        var image = Matching(SettingKey.Image, ImageForm(), "is no name of an official Debian 13 image; write one whole, with date and build, as debian-13-amd64-20260914-2601") ?? "";
        if (image.Length > 0 && !image.Contains($"-{debian}-", StringComparison.Ordinal)) Wrong(SettingKey.Image, image, $"is for another processor; write one for {debian}, or change architecture");
        return image;
    }

    private IPNetwork ReadNetwork()
    {
        var text = Text(SettingKey.NetworkPrefix)!;
        if (!IPNetwork.TryParse(text, out var network) || network.BaseAddress.GetAddressBytes().Length != 4)
            Wrong(SettingKey.NetworkPrefix, text, "is no IPv4 prefix; write one as 10.77.0.0/24");
        else if (network.PrefixLength is < 16 or > 28)
            Wrong(SettingKey.NetworkPrefix, text, "has a size that AWS refuses; choose a length from /16 to /28");
        else if (!Private.Any(prefix => prefix.PrefixLength <= network.PrefixLength && prefix.Contains(network.BaseAddress)))
            Wrong(SettingKey.NetworkPrefix, text, "is not private; choose one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16");
        else
            return network;
        return IPNetwork.Parse(SettingKey.NetworkPrefix.Default!);
    }

    private RootSecret ReadRootSecret(bool withoutSecret)
    {
        var key = SettingKey.RootSecret;
        if (Text(key) is not { } text)
        {
            if (!withoutSecret) _mistakes.Add(new(key.Name, null, "is missing; run ops init, or pulumi config set --secret rootSecret with the output of openssl rand -base64 32"));
            return RootSecret.Unread;
        }
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) _mistakes.Add(new(key.Name, null, "is no base64; make one with openssl rand -base64 32"));
        else if (length < RootSecret.MinBytes) _mistakes.Add(new(key.Name, null, $"has {length} bytes and needs {RootSecret.MinBytes}; make one with openssl rand -base64 32"));
        else return new(bytes.AsSpan(0, length));
        return RootSecret.Unread;
    }

    private Rotation ReadRotation()
    {
        if (Text(SettingKey.Rotation) is not { } text) return new(default, null);

        var days = text.Split('/').Select(IsoDay.TryRead).ToArray();
        if (days.Length > 2 || days.Contains(null)) Wrong(SettingKey.Rotation, text, "is no rotation; write its day, and behind a slash the day before it, as 2026-11-22/2026-08-01");
        else if (days.Length == 2 && days[1] >= days[0]) Wrong(SettingKey.Rotation, text, "goes back; the day before the slash must be the later one");
        else return new(days[0]!.Value, days.Length == 2 ? days[1] : null);
        return new(default, null);
    }

    private DateOnly? ReadExpiry(bool production)
    {
        var text = Text(SettingKey.Expires);
        if (production)
        {
            if (text is not null) Wrong(SettingKey.Expires, text, "is for demo stacks; remove it, or set stage to demo");
            return null;
        }
        if (text is null) _mistakes.Add(new(SettingKey.Expires.Name, null, "is missing; a demo stack says until when it is needed, as 2026-12-31"));
        else if (IsoDay.TryRead(text) is { } day) return day;
        else Wrong(SettingKey.Expires, text, "is no day; write one as 2026-12-31");
        return DateOnly.MinValue;
    }

    private Uri ReadAcmeDirectory(string? domain, bool gate)
    {
        var directory = Url(SettingKey.AcmeDirectory, Uri.UriSchemeHttps) ?? new("https://none.invalid");
        // The one directory of which it is known that no machine trusts what it issues.
        if (domain is not null && gate && directory.Host == "acme-staging-v02.api.letsencrypt.org")
            Wrong(SettingKey.AcmeDirectory, directory.ToString(), "issues certificates that nobody trusts, so the gate would never pass; set gate to off while you try it, or remove it");
        return directory;
    }

    private int ReadDrain(bool gate)
    {
        var seconds = Number(SettingKey.DrainSeconds, 0, 3600);
        if (Given(SettingKey.DrainSeconds) && seconds > 0 && !gate)
            Wrong(SettingKey.DrainSeconds, Invariant(seconds), "needs the gate, whose machine asks the old relay; set gate to deployer, or remove it");
        return gate ? seconds : 0;
    }

    private bool ReadKeepCertificate(string? domain, bool production)
    {
        var keeps = OneOf(SettingKey.KeepCertificate, "true", "false") == "true";
        if (keeps && production) Wrong(SettingKey.KeepCertificate, "true", "is for demo stacks; production keeps its secrets by itself: remove it, or set stage to demo");
        else if (keeps && !Given(SettingKey.Domain)) Wrong(SettingKey.KeepCertificate, "true", "needs a domain: without one nobody issues a certificate; set domain too, or remove it");
        return keeps && domain is not null && !production;
    }

    private string? ReadAccess()
    {
        var ssm = OneOf(SettingKey.Access, "none", "ssm") == "ssm";
        var key = Matching(SettingKey.AccessKey, FingerprintForm(), "is no fingerprint; write its 40 hexadecimal digits")?.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        if (ssm && !Given(SettingKey.AccessKey))
            _mistakes.Add(new(SettingKey.AccessKey.Name, null, "is missing; the agent is installed only with a signature that you trust: write the fingerprint from the user guide of Systems Manager"));
        if (!ssm && Given(SettingKey.AccessKey)) Wrong(SettingKey.AccessKey, key ?? "", "is for access ssm; set access to ssm, or remove it");
        return ssm ? key : null;
    }

    private int ReadRetention()
    {
        var days = Number(SettingKey.LogRetentionDays, 1, 3653);
        if (!SettingKey.RetentionDays.Contains(days)) Wrong(SettingKey.LogRetentionDays, Invariant(days), $"is no retention that CloudWatch knows; choose among {SettingKey.LogRetentionDays.Values}");
        return days;
    }

    private SortedDictionary<string, string> ReadTags()
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Text(SettingKey.Tags) is not { } text) return tags;
        try
        {
            foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string?>>(text) ?? [])
            {
                if (value is null) Wrong(SettingKey.Tags, name, "has no value; write one behind it, or take the tag out");
                else tags[name] = value;
            }
        }
        catch (JsonException)
        {
            Wrong(SettingKey.Tags, text, "is no map of texts; write name: value below it");
        }

        if (tags.Count > 20) Wrong(SettingKey.Tags, $"{tags.Count} tags", "are too many; 20 fit beside the stack's own");
        // IAM takes no two tags that differ in case alone (IAM user guide, "Tags for IAM resources").
        foreach (var same in tags.Keys.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
            Wrong(SettingKey.Tags, string.Join(" and ", same), "differ in case alone, which AWS refuses; keep one of them");
        foreach (var (name, value) in tags)
        {
            if (ReservedTag().IsMatch(name))
                Wrong(SettingKey.Tags, name, "is a reserved name; choose another");
            else if (!TagForm().IsMatch(name) || name.Length > 128 || (value.Length > 0 && !TagForm().IsMatch(value)) || value.Length > 256)
                Wrong(SettingKey.Tags, name, "has a character or length that AWS refuses; use letters, digits, spaces and _ . : / = + - @, a name up to 128 and a value up to 256");
        }
        return tags;
    }

    private bool Encrypted(string key) => _encrypted?.Contains(key) == true;

    private bool Given(SettingKey key) => _values.TryGetValue(key.Name, out var text) && text.Length > 0;

    private string? Text(SettingKey key) => Given(key) ? _values[key.Name].Trim() : key.Default;

    private string? Matching(SettingKey key, Regex form, string mend)
    {
        if (Text(key) is not { } text) return null;
        if (form.IsMatch(text)) return text;
        Wrong(key, text, mend);
        return null;
    }

    private string OneOf(SettingKey key, params string[] choices)
    {
        var text = Text(key)!;
        if (choices.Contains(text)) return text;
        Wrong(key, text, choices.Length == 1 ? $"is not known; the only choice is {choices[0]}" : $"is not known; choose {string.Join(" or ", choices)}");
        return choices[0];
    }

    private int Number(SettingKey key, int least, int most)
    {
        var text = Text(key)!;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Wrong(key, text, $"is not a whole number from {least} to {most}");
        return int.Parse(key.Default!, CultureInfo.InvariantCulture);
    }

    private Uri? Url(SettingKey key, params string[] schemes)
    {
        if (Text(key) is not { } text) return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || !schemes.Contains(url.Scheme)) Wrong(key, Masked(text), $"is no URL; write one that begins with {string.Join(" or ", schemes.Select(scheme => $"{scheme}://"))}");
        else if (url.UserInfo.Length > 0) Wrong(key, Masked(text), "has a user or a password in it, which would stand in clear; write it without");
        else if (url.AbsoluteUri.Length > UrlCharacters) Wrong(key, text, $"has {url.AbsoluteUri.Length} characters; a host's user-data has room for {UrlCharacters}");
        else return url;
        return null;
    }

    private const int UrlCharacters = 500;

    // Without what stands before an @, which may be a password.
    private static string Masked(string text)
    {
        var (at, scheme) = (text.LastIndexOf('@'), text.IndexOf("://", StringComparison.Ordinal));
        return at < 0 ? text : $"{(scheme >= 0 && scheme < at ? text[..(scheme + 3)] : "")}***{text[at..]}";
    }

    private static string Short(string value) => value.Length <= 100 ? value : value[..100] + "…";

    private void Wrong(SettingKey key, string value, string mend) => _mistakes.Add(new(key.Name, Encrypted(key.Name) ? null : Short(value), mend));

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Edit distance of two keys: how many letters a person would have to mend.
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var substituted = diagonal + (char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[right.Length];
    }

    private static readonly IPNetwork[] Private = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16")];

    [GeneratedRegex("^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$")]
    private static partial Regex StackForm();

    // The longest today have 14 characters; 20 leave room in the names of roles.
    [GeneratedRegex("^(?=.{1,20}$)[a-z]{2,4}(-[a-z]+)+-[0-9]$")]
    private static partial Regex RegionForm();

    [GeneratedRegex("^[a-f]$")]
    private static partial Regex ZoneForm();

    // Host names (RFC 1123 §2.1) of two labels or more; 200 characters leave room for the relays' labels in front.
    [GeneratedRegex(@"^(?=.{4,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$")]
    private static partial Regex NameForm();

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,9}\.[a-z0-9-]{1,14}$")]
    private static partial Regex InstanceTypeForm();

    [GeneratedRegex(@"^[a-z]+[0-9]+g[a-z]*\.")]
    private static partial Regex GravitonForm();

    [GeneratedRegex("^debian-13-(amd64|arm64)-20[0-9]{6}-[0-9]+$")]
    private static partial Regex ImageForm();

    [GeneratedRegex(@"^[^@\s""'\\<>]{1,64}@[a-z0-9.-]{3,190}$")]
    private static partial Regex EmailForm();

    [GeneratedRegex("^([0-9A-Fa-f] *){40}$")]
    private static partial Regex FingerprintForm();

    [GeneratedRegex("^(aws:.*|causeway:.*|name)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex ReservedTag();

    [GeneratedRegex(@"^[\p{L}\p{N} _.:/=+@-]+$")]
    private static partial Regex TagForm();
}

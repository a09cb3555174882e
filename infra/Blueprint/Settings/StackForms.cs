using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Ports;

namespace Causeway.Blueprint.Settings;

internal static class StackForms
{
    private static readonly string[] OtherPartitions = ["cn-", "us-gov-", "us-iso", "eu-iso", "eusc-"];

    private static readonly IPNetwork[] PrivateNetworks =
        [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16")];

    // The longest today have 14 characters; 20 leave room in the names of roles.
    private static readonly Regex RegionPattern = new("^(?=.{1,20}$)[a-z]{2,4}(-[a-z]+)+-[0-9]$");

    // Names of resources, addresses of services and the account of Debian's images differ in other partitions.
    public static SettingForm<string> Region { get; } = new("an AWS region, like eu-central-1", (text, refuse) =>
    {
        if (!RegionPattern.IsMatch(text))
            refuse(Forms.IsNot("an AWS region", "eu-central-1"));
        else if (OtherPartitions.Any(prefix => text.StartsWith(prefix, StringComparison.Ordinal)))
            refuse("is in another AWS partition (China, GovCloud, sovereign), which isn't supported; "
                + "choose a commercial region, like eu-central-1");
        return text;
    });

    // Host names (RFC 1123 §2.1) of two labels or more; 200 characters leave room for the relays' labels in front.
    public static SettingForm<string> DnsName(string example) => Forms.Pattern(
        @"^(?=.{4,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$", "a DNS name in lower case", example);

    public static SettingForm<string> Email { get; } =
        Forms.Pattern(@"^[^@\s""'\\<>]{1,64}@[a-z0-9.-]{3,190}$", "an email address", "ops@example.org");

    public static SettingForm<string> Fingerprint { get; } = new("40 hexadecimal digits", (text, refuse) =>
    {
        if (!Regex.IsMatch(text, "^([0-9A-Fa-f] *){40}$")) refuse("isn't a fingerprint of 40 hexadecimal digits");
        return text.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
    });

    public static SettingForm<IPNetwork> Network { get; } = new("a private IPv4 prefix from /16 to /28", (text, refuse) =>
    {
        if (!IPNetwork.TryParse(text, out var network) || network.BaseAddress.GetAddressBytes().Length != 4)
            refuse(Forms.IsNot("an IPv4 prefix", "10.77.0.0/24"));
        else if (network.PrefixLength is < 16 or > 28)
            refuse("has a size that AWS refuses; choose a length from /16 to /28");
        else if (!PrivateNetworks.Any(wide => wide.PrefixLength <= network.PrefixLength && wide.Contains(network.BaseAddress)))
            refuse($"isn't private; choose one inside {string.Join(", ", PrivateNetworks)}");
        return network;
    });

    private static readonly SettingForm<int> AnyPort = Forms.Integer(1, 65535);
    private static readonly string ClosedPorts = string.Join(", ", PortPlan.Closed);

    public static SettingForm<int> Port { get; } = new($"a port, 1 to 65535, except {ClosedPorts}", (text, refuse) =>
    {
        var port = (int)AnyPort.Read(text, refuse)!;
        if (PortPlan.Closed.Contains(port)) refuse($"is always closed, like all of {ClosedPorts}; choose another");
        return port;
    }, "integer");

    public static SettingForm<PortRange> RelayPorts { get; } = new(
        $"FIRST-LAST from {PortPlan.FirstOwn} to 65535: {PortPlan.FewestRelayed} ports or more, without {PortPlan.RemoteDesktop}, "
        + $"with {PortPlan.FewestOwn} left below or above",
        (text, refuse) =>
        {
            if (!PortRange.TryParse(text, out var range, out var fix))
                refuse(fix);
            else if (range.First < PortPlan.FirstOwn)
                refuse($"includes system ports; begin at {PortPlan.FirstOwn} or above");
            else if (range.Count < PortPlan.FewestRelayed)
                refuse($"is too small: each allocation takes a port; use {PortPlan.FewestRelayed} or more");
            else if (!PortPlan.LeavesEnough(range))
                refuse("leaves the host too few ports for its own connections; "
                    + $"leave {PortPlan.FewestOwn} free below it (from {PortPlan.FirstOwn}) or above it");
            else if (PortPlan.Closed.FirstOrDefault(range.Contains) is > 0 and var closed)
                refuse($"contains {closed}, which is always closed; begin above it, or end below it");
            return range;
        });

    private static readonly Dictionary<string, Transport> TransportsByName =
        Enum.GetValues<Transport>().ToDictionary(transport => transport.SettingName());
    private static readonly string AllTransports = string.Join(", ", TransportsByName.Keys);

    public static SettingForm<IReadOnlyList<Transport>> Transports { get; } = new($"{AllTransports}, separated by commas", (text, refuse) =>
    {
        var transports = new SortedSet<Transport>();
        foreach (var name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!TransportsByName.TryGetValue(name, out var transport))
                refuse($"isn't a transport; choose from {AllTransports}", name.Length == 0 ? "(nothing)" : name);
            else if (!transports.Add(transport))
                refuse("is listed twice; list each transport once", name);
        }
        if (transports.Count > 0 && !transports.Contains(Transport.Udp)) refuse("lacks udp, which STUN and most calls need; add it");
        return [.. transports];
    });

    private const string MakeRoot = "make one with openssl rand -base64 32";

    public static SettingForm<RootSecret> RootSecret { get; } = new("base64", (text, refuse) =>
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length))
            refuse($"isn't base64; {MakeRoot}");
        else if (length < Settings.RootSecret.MinBytes)
            refuse($"has {length} bytes and needs {Settings.RootSecret.MinBytes}; {MakeRoot}");
        return new(bytes.AsSpan(0, length));
    });

    public static SettingForm<Rotation> Rotation { get; } = new("2026-11-22 or 2026-11-22/2026-08-01", (text, refuse) =>
    {
        var days = text.Split('/').Select(IsoDay.TryRead).ToArray();
        if (days.Length > 2 || days.Contains(null))
            refuse("isn't a rotation; write its day, or its day and the previous one, like 2026-11-22/2026-08-01");
        else if (days.Length == 2 && days[1] >= days[0])
            refuse("goes back; the day before the slash must be the later one");
        else
            return new(days[0]!.Value, days.Length == 2 ? days[1] : null);
        return null;
    });

    private const int MaxTags = 20;
    private static readonly Regex TagPattern = new(@"^[\p{L}\p{N} _.:/=+@-]+$");
    private static readonly Regex ReservedTagPattern =
        new("^(aws:.*|causeway:.*|name)$", RegexOptions.IgnoreCase | RegexOptions.Singleline);

    public static SettingForm<IReadOnlyDictionary<string, string>> Tags { get; } = new($"a map of up to {MaxTags} texts", (text, refuse) =>
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string?>>(text) ?? [])
            {
                if (value is null) refuse("has no value; add one, or remove the tag", name);
                else tags[name] = value;
            }
        }
        catch (JsonException)
        {
            refuse("isn't a map of texts; write lines of name: value below it");
        }

        if (tags.Count > MaxTags) refuse($"are too many; {MaxTags} fit beside the stack's own", $"{tags.Count} tags");
        // IAM refuses two tags that differ in case alone (IAM user guide, "Tags for IAM resources").
        foreach (var same in tags.Keys.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
            refuse("differ in case alone, which AWS refuses; keep one of them", string.Join(" and ", same));
        foreach (var (name, value) in tags)
        {
            if (ReservedTagPattern.IsMatch(name))
                refuse("is a reserved name; choose another", name);
            else if (!IsTagText(name, 128) || (value.Length > 0 && !IsTagText(value, 256)))
                refuse("has a character or length that AWS refuses; use letters, digits, spaces and _ . : / = + - @, "
                    + "a name up to 128 and a value up to 256", name);
        }
        return tags;
    }, "object");

    private static bool IsTagText(string text, int most) => text.Length <= most && TagPattern.IsMatch(text);
}

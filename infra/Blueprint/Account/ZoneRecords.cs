using System.Net;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Account;

/// <summary>A record set as Route 53 lists it.</summary>
/// <param name="Name">The name as listed, with a dot at the end, and with some characters escaped like <c>\052</c>.</param>
/// <param name="Values">Its values; none for an alias.</param>
public sealed record ListedRecord(string Name, string Type, IReadOnlyList<string> Values)
{
    /// <summary>Gets the name in the plan's form.</summary>
    public string PlainName =>
        Regex.Replace(Name, @"\\([0-7]{3})", code => $"{(char)Convert.ToInt32(code.Groups[1].Value, 8)}").TrimEnd('.').ToLowerInvariant();

    /// <summary>The type and the values, for messages.</summary>
    public override string ToString() => $"{Type} {(Values.Count > 0 ? string.Join(", ", Values) : "(an alias)")}";
}

/// <summary>
/// The records of a hosted zone that would fail an update late: Route 53 refuses to create a record that exists, resolvers don't see
/// records below a delegation, and a certificate authority checks CAA records.
/// </summary>
/// <param name="Listed">The record sets under the names of <see cref="NamesOf"/>.</param>
/// <param name="OwnAddresses">
/// The stack's own addresses: Elastic IPs and IPv6 addresses of interfaces with its tag in its region. A record that points to one of them
/// belongs to the stack and is updated, not created.
/// </param>
public sealed record ZoneRecords(IReadOnlyList<ListedRecord> Listed, IReadOnlyCollection<string> OwnAddresses)
{
    // Let's Encrypt's name in CAA records (letsencrypt.org/docs/caa).
    private const string LetsEncrypt = "letsencrypt.org";

    // 0 issue "letsencrypt.org; validationmethods=dns-01"
    private static readonly Regex Property = new("^[0-9]+ +(?<tag>[A-Za-z0-9]+) +\"?(?<issuer>[^\";]*)");

    /// <summary>
    /// The names to read: the stack's records, the certificate's challenge, and the names from the domain up to the zone.
    /// </summary>
    public static IReadOnlyList<string> NamesOf(Plan plan) => plan.Settings.AcmeChallenge is { } challenge
        ? [.. plan.Names.Select(record => record.Name).Concat(Upwards(plan)).Append(challenge).Distinct()]
        : [];

    /// <summary>A regular expression that matches exactly the names of <see cref="NamesOf"/> as they are listed.</summary>
    public static string PatternOf(Plan plan) => $@"^({string.Join('|', NamesOf(plan).Select(Regex.Escape))})\.?$";

    /// <summary>Whether <see cref="OwnAddresses"/> are needed to judge these records.</summary>
    public static bool NeedsOwnAddresses(Plan plan, IReadOnlyList<ListedRecord> listed) => listed.Any(record => Meets(plan, record));

    public IReadOnlyList<Mistake> Mistakes(Plan plan) => [.. Delegated(plan), .. Taken(plan), .. Diverted(plan), .. Forbidden(plan)];

    private IEnumerable<Mistake> Delegated(Plan plan) =>
        from record in Listed
        where record.Type == "NS" && record.PlainName != plan.Settings.HostedZone && Upwards(plan).Contains(record.PlainName)
        select new Mistake(SettingKey.HostedZone.Name, plan.Settings.HostedZone,
            $"delegates {record.PlainName} to {string.Join(", ", record.Values)}, "
            + $"so resolvers would not see a record for {plan.Settings.Domain} in it; "
            + $"set the zone there: {AccountQuestion.Set(SettingKey.HostedZone, record.PlainName)}");

    private IEnumerable<Mistake> Taken(Plan plan) =>
        from record in Listed
        where Meets(plan, record) && !IsOwn(record)
        group record by record.PlainName into same
        select new Mistake(SettingKey.Domain.Name, same.Key,
            $"has records that don't belong to this stack in the hosted zone {plan.Settings.HostedZone}: {string.Join("; ", same)}. "
            + $"Remove them, or choose another domain: {AccountQuestion.Set(SettingKey.Domain, "NAME")}. "
            + "If this stack created them and they were changed since, remove them and run pulumi up --refresh");

    // A name with a CNAME has no other records (RFC 1034 §3.6.2).
    private static bool Meets(Plan plan, ListedRecord record) =>
        plan.Names.Any(name => name.Name == record.PlainName && (record.Type == name.Type || record.Type == "CNAME"));

    private bool IsOwn(ListedRecord record) => record.Type != "CNAME" && record.Values.Count > 0 && record.Values.All(IsOwn);

    // IPv6 addresses have several spellings.
    private bool IsOwn(string value) =>
        IPAddress.TryParse(value, out var address) && OwnAddresses.Any(own => IPAddress.TryParse(own, out var one) && one.Equals(address));

    // The host writes a TXT record there (RFC 8555 §8.4), which isn't possible beside a CNAME or below a delegation.
    private IEnumerable<Mistake> Diverted(Plan plan) =>
        from record in Listed
        where record.PlainName == plan.Settings.AcmeChallenge && (record.Type is "CNAME" or "NS")
        select new Mistake(SettingKey.Domain.Name, plan.Settings.AcmeChallenge,
            $"points elsewhere in the hosted zone {plan.Settings.HostedZone} ({record}), "
            + "so the host couldn't prove to the certificate authority that it controls the domain; remove it");

    // The closest name upwards with CAA records decides (RFC 8659 §3). Zones above this one aren't in the account.
    private IEnumerable<Mistake> Forbidden(Plan plan)
    {
        if (!plan.Settings.UsesLetsEncrypt) yield break;
        var closest = Upwards(plan)
            .Select(name => Listed.Where(record => record.Type == "CAA" && record.PlainName == name).ToList())
            .FirstOrDefault(records => records.Count > 0);
        if (closest is null) yield break;

        var properties = closest
            .SelectMany(record => record.Values)
            .Select(value => Property.Match(value))
            .Where(match => match.Success)
            .ToLookup(match => match.Groups["tag"].Value.ToLowerInvariant(), match => match.Groups["issuer"].Value.Trim());
        var allowed = properties.SelectMany(same => same).Where(issuer => issuer.Length > 0).Distinct().DefaultIfEmpty("none");
        // For a wildcard name issuewild decides if present, otherwise issue (RFC 8659 §4.3).
        if (Refuses("issue") || Refuses("issuewild"))
            yield return new(SettingKey.Domain.Name, plan.Settings.Domain,
                $"gets no certificate from Let's Encrypt: the CAA records of {closest[0].PlainName} allow {string.Join(", ", allowed)}. "
                + $"Add 0 issue \"{LetsEncrypt}\" (and the same for issuewild if present), "
                + $"or set {SettingKey.AcmeDirectory.Name} to an authority that they allow");

        bool Refuses(string tag) => properties.Contains(tag) && !properties[tag].Contains(LetsEncrypt, StringComparer.OrdinalIgnoreCase);
    }

    // The names from the domain to the hosted zone that contains it.
    private static IEnumerable<string> Upwards(Plan plan)
    {
        for (var name = plan.Settings.Domain!; ; name = name.Split('.', 2)[1])
        {
            yield return name;
            if (name == plan.Settings.HostedZone) yield break;
        }
    }
}

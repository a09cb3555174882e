using System.Globalization;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Quotas;

/// <summary>What a stack takes of an AWS quota. During an update two generations exist, so it takes more.</summary>
/// <param name="Name">The name in Service Quotas.</param>
/// <param name="AtRest">What a stack takes; null when unknown.</param>
/// <param name="AtPeak">What it takes during an update; null when unknown.</param>
/// <param name="Default">AWS's default for a region.</param>
public sealed record QuotaNeed(string Name, string Service, string Code, int? AtRest, int? AtPeak, int Default, string Why)
{
    public const string ElasticIps = "L-0263D0A3";
    public const string Vpcs = "L-F678F1CE";

    /// <summary>Gets the setting that it depends on; null for none.</summary>
    public string? Setting { get; init; }

    /// <summary>What a plan needs.</summary>
    /// <param name="cores">The vCPUs of instance types as EC2 reported them. Defaults to what the type's name implies.</param>
    public static IReadOnlyList<QuotaNeed> Of(Plan plan, IReadOnlyDictionary<string, int>? cores = null)
    {
        var types = plan.Hosts.Select(host => host.InstanceType).ToList();
        var each = types.Select(type => cores?.TryGetValue(type, out var asked) == true ? asked : Cores(type)).ToList();
        int? together = each.Contains(null) ? null : each.Sum();
        var (name, code) = Family(types[0]);
        var replaced = plan.Addresses.Count(address => address.OfGeneration);
        var rules = plan.Rules.CountBy(rule => (rule.Direction, rule.IsIpv6)).Max(same => same.Value);
        return
        [
            new(name, "ec2", code, together, 2 * together, 5, $"{string.Join(", ", types)}, twice while two generations exist")
            {
                Setting = SettingKey.InstanceType.Name,
            },
            new("EC2-VPC Elastic IPs", "ec2", ElasticIps, plan.Addresses.Count, plan.Addresses.Count + replaced, 5,
                "page and relay; another relay's while two generations exist, and one more for each changed attempt after a failed update"),
            new("VPCs per Region", "vpc", Vpcs, 1, 2, 5, "two while zone, networkPrefix or dualStack change"),
            new("Inbound or outbound rules per security group", "vpc", "L-0EA8095F", rules, rules, 60,
                "counted for each direction and each family"),
        ];
    }

    public override string ToString() =>
        $"{Name}: {Text(AtRest)}, {Text(AtPeak)} while an update runs, of {Default} by default ({Why})";

    private static string Text(int? number) => number is { } known ? $"{known}" : "?";

    /// <summary>
    /// The vCPUs that a type's size implies: 2 up to <c>large</c>, 4 for <c>xlarge</c>, 4 N for <c>Nxlarge</c>; 1 for <c>medium</c> on
    /// cores without threads (Graviton from the second generation, c7a and similar). Null when it implies none (metal).
    /// </summary>
    public static int? Cores(string type)
    {
        var (family, size) = (type.Split('.')[0], type.Split('.')[1]);
        if (Regex.Match(size, "^([0-9]+)xlarge$") is { Success: true } match)
            return 4 * int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        return size switch
        {
            "xlarge" => 4,
            "large" => 2,
            "medium" when family is "t2" or "t3" or "t3a" or "t4g" => 2,
            "medium" => 1,
            "nano" or "micro" or "small" => family == "t2" ? 1 : 2,
            _ => null,
        };
    }

    /// <summary>The code of the quota that counts an instance type's vCPUs.</summary>
    public static string CodeOf(string type) => Family(type).Code;

    // The quota of a family (EC2 user guide, on-demand instance quotas).
    private static (string Name, string Code) Family(string type) => Regex.Match(type, "^[a-z]+").Value switch
    {
        "g" or "vt" => ("Running On-Demand G and VT instances", "L-DB2E81BA"),
        "p" => ("Running On-Demand P instances", "L-417A185B"),
        "x" => ("Running On-Demand X instances", "L-7295265B"),
        "f" => ("Running On-Demand F instances", "L-74FC7D96"),
        "inf" => ("Running On-Demand Inf instances", "L-1945791B"),
        "trn" => ("Running On-Demand Trn instances", "L-2C3B7624"),
        "dl" => ("Running On-Demand DL instances", "L-6E869C2A"),
        "u" => ("Running On-Demand High Memory instances", "L-43DA4232"),
        "hpc" => ("Running On-Demand HPC instances", "L-F7808C92"),
        _ => ("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", "L-1216C47A"),
    };
}

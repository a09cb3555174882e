using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Account;

/// <summary>
/// A question to AWS before a stack is created, and what the answer means for the settings. The preview and <c>ops plan</c> ask the same.
/// </summary>
/// <param name="Unanswered">The mistake when AWS doesn't answer, or answers with an error.</param>
/// <param name="Judge">The mistakes in an answer; none when a stack can be created with it.</param>
public sealed record AccountQuestion<TAnswer>(Mistake Unanswered, Func<TAnswer, IReadOnlyList<Mistake>> Judge);

/// <summary>A machine image.</summary>
/// <param name="Architecture">Its processor: <c>x86_64</c> or <c>arm64</c>.</param>
public sealed record FoundImage(string Id, string Architecture);

public sealed record FoundZone(string Id, string Name);

public static class AccountQuestion
{
    /// <summary>
    /// Whether the host's image is in the region and for the right processor. The answer null means that it doesn't exist.
    /// </summary>
    public static AccountQuestion<FoundImage?> Image(HostPlan host, string region)
    {
        var wanted = host.Architecture == Architecture.Arm64 ? "arm64" : "x86_64";
        var missing = Wrong($"was not found among the images of account {HostPlan.ImageOwner} in {region}");
        return new(missing, found => found switch
        {
            null => [missing],
            _ when found.Architecture == wanted => [],
            _ => [Wrong($"is for {found.Architecture}, and {SettingKey.Architecture.Name} needs one for {wanted}")],
        });

        Mistake Wrong(string problem) => new(SettingKey.Image.Name, host.Image,
            $"{problem}. List the images and choose one, or remove the setting to use a tested image:\n"
            + $"  aws ec2 describe-images --region {region} --owners {HostPlan.ImageOwner} --query 'Images[].Name' --include-deprecated\n"
            + $"  {Set(SettingKey.Image, "NAME")}");
    }

    /// <summary>The availability zones of the region that offer the host's instance type.</summary>
    /// <param name="zone">The zone of the settings, like <c>eu-central-1a</c>.</param>
    public static AccountQuestion<IReadOnlyCollection<string>> Offering(HostPlan host, string zone)
    {
        var unanswered = new Mistake(SettingKey.InstanceType.Name, host.InstanceType,
            "can't be checked against the instance types of the region's zones");
        var nowhere = unanswered with
        {
            Fix = $"is not offered in this region; choose another type: {Set(SettingKey.InstanceType, "TYPE")}",
        };
        return new(unanswered, offered =>
        {
            if (offered.Contains(zone)) return [];
            if (offered.Count == 0) return [nowhere];
            string[] others = [.. offered.Distinct().Order(StringComparer.Ordinal)];
            var move = Set(SettingKey.Zone, $"{others[0][^1]}");
            return
            [
                new(SettingKey.Zone.Name, host.InstanceType,
                    $"is not offered in {zone}, but in {string.Join(", ", others)}; choose one of these: {move}"),
            ];
        });
    }

    /// <summary>The public hosted zones of the account with this name.</summary>
    public static AccountQuestion<IReadOnlyList<FoundZone>> HostedZone(string name)
    {
        var missing = new Mistake(SettingKey.HostedZone.Name, name,
            "was not found among the account's public hosted zones in Route 53. "
            + "If another zone contains the domain, as example.org contains call.example.org, set it: "
            + $"{Set(SettingKey.HostedZone, "ZONE")}; it defaults to the domain itself");
        return new(missing, found => found.Count switch
        {
            0 => [missing],
            1 => [],
            _ => [missing with { Fix = Several(found) }],
        });

        static string Several(IReadOnlyList<FoundZone> zones) =>
            $"is the name of {zones.Count} public hosted zones ({string.Join(", ", zones.Select(zone => zone.Id))}); "
            + "delete those without a delegation";
    }

    /// <summary>The existing records under the stack's names; see <see cref="ZoneRecords"/>.</summary>
    /// <param name="plan">The plan; with a domain.</param>
    public static AccountQuestion<ZoneRecords> Records(Plan plan)
    {
        var unanswered = new Mistake(SettingKey.HostedZone.Name, plan.Settings.HostedZone,
            "can't be checked for existing records; "
            + "allow route53:ListResourceRecordSets, ec2:DescribeAddresses and ec2:DescribeNetworkInterfaces");
        return new(unanswered, records => records.Mistakes(plan));
    }

    internal static string Set(SettingKey setting, string value) => $"pulumi config set causeway:{setting.Name} {value}";
}

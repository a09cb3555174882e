using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Account;

/// <summary>
/// What AWS is asked before a stack is made, and the setting that the answer decides on. The preview and <c>ops plan</c> ask the same.
/// </summary>
/// <typeparam name="TAnswer">What AWS answers with.</typeparam>
/// <param name="Unanswered">What to say when AWS does not have it, or answers with an error.</param>
/// <param name="Judge">What is wrong with an answer; empty when a stack can be made with it.</param>
public sealed record AccountQuestion<TAnswer>(Mistake Unanswered, Func<TAnswer, IReadOnlyList<Mistake>> Judge);

/// <summary>A machine image.</summary>
/// <param name="Id">Its id, like <c>ami-0123</c>.</param>
/// <param name="Architecture">The processor it is for, in EC2's words: <c>x86_64</c> or <c>arm64</c>.</param>
public sealed record FoundImage(string Id, string Architecture);

/// <summary>A hosted zone.</summary>
/// <param name="Id">Its id, like <c>Z0123</c>.</param>
/// <param name="Name">Its name.</param>
public sealed record FoundZone(string Id, string Name);

/// <summary>The questions of a plan.</summary>
public static class AccountQuestion
{
    /// <summary>Whether the image that the settings name is in the region, for the right processor. Null answers: there is none.</summary>
    /// <param name="host">The host that starts from it.</param>
    /// <param name="region">The stack's region.</param>
    public static AccountQuestion<FoundImage?> Image(HostPlan host, string region)
    {
        var wanted = host.Architecture == Architecture.Arm64 ? "arm64" : "x86_64";
        var missing = Wrong($"cannot be found among the images of account {HostPlan.ImageOwner} in {region}");
        return new(missing, found => found switch
        {
            null => [missing],
            { } image when image.Architecture == wanted => [],
            { } image => [Wrong($"is for {image.Architecture}, and {SettingKey.Architecture.Name} needs one for {wanted}")],
        });

        Mistake Wrong(string problem) => new(SettingKey.Image.Name, host.Image,
            $"{problem}. List the images that there are and name one, or leave the setting out for a tested one:\n"
            + $"  aws ec2 describe-images --region {region} --owners {HostPlan.ImageOwner} --query 'Images[].Name' --include-deprecated\n"
            + $"  {Set(SettingKey.Image, "NAME")}");
    }

    /// <summary>Which availability zones of the region offer the host's instance type.</summary>
    /// <param name="host">The host.</param>
    /// <param name="zone">Where the settings want it, like <c>eu-central-1a</c>.</param>
    public static AccountQuestion<IReadOnlyCollection<string>> Offering(HostPlan host, string zone)
    {
        var type = host.InstanceType;
        var unanswered = new Mistake(
            SettingKey.InstanceType.Name, type, "cannot be looked for among the instance types of the region's zones");
        var another = Set(SettingKey.InstanceType, "TYPE");
        var nowhere = unanswered with { Fix = $"is not offered in this region; choose another type: {another}" };
        return new(unanswered, offered =>
        {
            if (offered.Contains(zone)) return [];
            if (offered.Count == 0) return [nowhere];
            string[] others = [.. offered.Distinct().Order(StringComparer.Ordinal)];
            return
            [
                new(SettingKey.Zone.Name, type, $"is not offered in {zone}, but in {string.Join(", ", others)}; "
                    + $"choose one of these: {Set(SettingKey.Zone, $"{others[0][^1]}")}"),
            ];
        });
    }

    /// <summary>Which public hosted zones of the account have this name.</summary>
    /// <param name="name">The name.</param>
    public static AccountQuestion<IReadOnlyList<FoundZone>> HostedZone(string name)
    {
        var missing = new Mistake(SettingKey.HostedZone.Name, name, "cannot be found among the account's public hosted zones in Route 53. "
            + "Where another zone holds the domain, as example.org holds call.example.org, name that one: "
            + $"{Set(SettingKey.HostedZone, "ZONE")}; the domain itself is looked for when nothing is set");
        return new(missing, found => found.Count switch
        {
            0 => [missing],
            1 => [],
            _ =>
            [
                missing with
                {
                    Fix = $"is the name of {found.Count} public hosted zones ({string.Join(", ", found.Select(zone => zone.Id))}); "
                        + "delete those that nothing is delegated to",
                },
            ],
        });
    }

    /// <summary>What the hosted zone has already under the stack's names; see <see cref="ZoneRecords"/>.</summary>
    /// <param name="plan">The plan; with a domain.</param>
    public static AccountQuestion<ZoneRecords> Records(Plan plan) => new(
        new(SettingKey.HostedZone.Name, plan.Settings.HostedZone, "cannot be asked for the records that it has already; "
            + "allow route53:ListResourceRecordSets, ec2:DescribeAddresses and ec2:DescribeNetworkInterfaces"),
        records => records.Mistakes(plan));

    internal static string Set(SettingKey setting, string value) => $"pulumi config set causeway:{setting.Name} {value}";
}

using System.Globalization;
using System.Text.Json;
using Causeway.Blueprint;
using Causeway.Blueprint.Cost;
using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Quotas;
using Causeway.Blueprint.Storage;
using Causeway.Ops.Account;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Causeway.Ops.Stacks;

/// <summary>A plan as <c>ops plan</c> shows it. What depends on published services or the root secret is in angle brackets.</summary>
internal sealed record PlanView(
    string Stack,
    string Region,
    string? HostedZone,
    IReadOnlyList<PlanView.HostRow> Hosts,
    IReadOnlyList<PlanView.AddressRow> Addresses,
    IReadOnlyList<PlanView.NameRow> Names,
    IReadOnlyList<PlanView.RuleRow> Rules,
    PlanView.CertificateRow Certificate,
    IReadOnlyList<string> IceUrls,
    IReadOnlyList<PlannedResource> Resources,
    IReadOnlyList<QuotaNeed> Quotas,
    IReadOnlyList<string> Notes,
    PlanView.CostRow Cost,
    AccountView Account)
{
    public sealed record HostRow(string Name, string InstanceType, string Architecture, string Zone, string Image, int DiskGb);

    public sealed record AddressRow(string Name, string Service, bool Replaced);

    public sealed record NameRow(string Name, string Type, string Service);

    public sealed record RuleRow(string Direction, string Protocol, string Ports, string Prefix, string Description);

    public sealed record CertificateRow(IReadOnlyList<string> Names, string Proof);

    public sealed record CostRow(decimal? MonthlyUsd, decimal? UsdPerRelayedGb, string Summary, IReadOnlyList<CostPart> Parts);

    public sealed record CostPart(string What, decimal? MonthlyUsd, decimal UsdPerUnit, string Unit, string Source, DateOnly Date)
    {
        public static CostPart Of(CostLine line) => Of(line.What, line.MonthlyUsd, line.Price);

        /// <summary>Creates a part; one that depends on use has no monthly cost.</summary>
        public static CostPart Of(string what, decimal? monthlyUsd, Price price) =>
            new(what, monthlyUsd, price.Usd, price.Unit, price.Source, price.Date);
    }

    public static PlanView Of(Plan plan, AccountView account)
    {
        var cost = CostEstimate.Of(plan);
        var relay = plan.Addresses.Single(address => address.Service == Service.Relay);
        return new(
            plan.Settings.Stack,
            plan.Settings.Region,
            plan.Settings.HostedZone,
            [
                .. plan.Hosts.Select(host => new HostRow(
                    Known(host.Name), host.InstanceType, Lower(host.Architecture), plan.Settings.Zone, host.Image, host.DiskGb)),
            ],
            [.. plan.Addresses.Select(address => new AddressRow(Known(address.Name), Lower(address.Service), address.OfGeneration))],
            [.. plan.Names.Select(name => new NameRow(Known(name.Name), name.Type, Lower(name.Service)))],
            [.. plan.Rules.Select(rule => new RuleRow(Lower(rule.Direction), rule.IpProtocol, rule.Opens, rule.Cidr, rule.Description))],
            new(plan.Certificate.Names, plan.Certificate.Challenge),
            [.. plan.IceServers($"<{Known(relay.Name)}>").SelectMany(server => server.Urls).Select(Known)],
            [
                .. Inventory.Of(plan).Select(resource => resource with
                {
                    Name = Unpublished(Known(resource.Name)),
                    Purpose = Known(resource.Purpose),
                }),
            ],
            QuotaNeed.Of(plan),
            [.. NotesOn(plan)],
            new(
                cost.Refusal is null ? cost.MonthlyUsd : null, cost.PerRelayedGb?.Usd, cost.ToString(),
                [.. cost.Lines.Select(CostPart.Of), .. PerUse(cost)]),
            account);

        string Known(string text) => text.Replace(plan.Generation, "<generation>", StringComparison.Ordinal);

        static string Lower(Enum value) => value.ToString().ToLowerInvariant();
    }

    // Not mistakes, but surprising later.
    private static IEnumerable<string> NotesOn(Plan plan)
    {
        if (CertificateQuota.Of(plan) is { } certificate) yield return $"certificate: {certificate}";
        var tags = new ResourceTags(plan);
        var kindsByOmittedTags = Inventory.Of(plan).Select(resource => resource.Kind).Distinct()
            .Where(kind => AwsLimits.Of(kind, "tags") is not null)
            .ToLookup(kind => string.Join(", ", tags.LeftOut(kind)));
        foreach (var kinds in kindsByOmittedTags.Where(kinds => kinds.Key.Length > 0))
        {
            yield return $"tags: {kinds.Key} are omitted from each {string.Join(" and each ", kinds)}, "
                + $"which can have {AwsLimits.Of(kinds.First(), "tags")!.Most} tags";
        }
    }

    private static IEnumerable<CostPart> PerUse(CostEstimate cost)
    {
        if (cost.PerRelayedGb is { } relayed) yield return CostPart.Of("each relayed GB, on top", null, relayed);
        if (cost.PerLoggedGb is { } logged) yield return CostPart.Of("each GB of refused traffic's log, on top", null, logged);
    }

    // The archives' hashes are only known once they are published.
    private static string Unpublished(string text) => Artifact.Unpublished.Aggregate(
        text, (known, artifact) => known.Replace(artifact.Sha256, "<hash>", StringComparison.Ordinal));

    public string Json() => JsonSerializer.Serialize(this, JsonFormat.Settings);

    public IEnumerable<IRenderable> Tables()
    {
        yield return PlainConsole.Table(
            $"Hosts of {Stack} in {Region}",
            ["Name", "Type", "Processor", "Zone", "Image", "Disk"],
            Hosts.Select(host => (string[])
                [host.Name, host.InstanceType, host.Architecture, host.Zone, host.Image, $"{host.DiskGb} GiB"]));
        yield return PlainConsole.Table(
            "Public addresses",
            ["Name", "For", "Belongs to"],
            Addresses.Select(address => (string[])[address.Name, address.Service, address.Replaced ? "a generation" : "the stack"]));
        if (HostedZone is not null)
        {
            string[] zone = [HostedZone, "hosted zone", "must exist in Route 53, public; set by hostedZone"];
            yield return PlainConsole.Table(
                "Names", ["Name", "Type", "Points to"], [zone, .. Names.Select(name => (string[])[name.Name, name.Type, name.Service])]);
        }
        yield return PlainConsole.Table(
            "Firewall rules",
            ["Direction", "Protocol", "Ports", "Prefix", "For"],
            Rules.Select(rule => (string[])[rule.Direction, rule.Protocol, rule.Ports, rule.Prefix, rule.Description]));
        var names = Certificate.Names.Count > 0 ? string.Join(", ", Certificate.Names) : "the bare address";
        yield return PlainConsole.Table("Certificate", ["Names", "Proof"], [[names, Certificate.Proof]]);
        yield return PlainConsole.Table("ICE servers", ["URL"], IceUrls.Select(url => (string[])[url]));
        yield return PlainConsole.Table(
            $"All {Resources.Count} resources",
            ["Count", "Kind", "Names"],
            Resources.GroupBy(resource => resource.Kind).Select(same => (string[])
                [Number(same.Count()), same.Key, string.Join('\n', same.Select(resource => resource.Name).Distinct())]));
        yield return PlainConsole.Table(
            "Quotas of the account in this region",
            ["Quota", "At rest", "During an update", "AWS default", "Account's limit", "Used by others", "For"],
            Quotas.Select(need =>
            {
                var account = Account.Quotas.FirstOrDefault(row => row.Code == need.Code);
                return (string[])
                [
                    need.Name, Number(need.AtRest, "?"), Number(need.AtPeak, "?"), Number(need.Default),
                    Number(account?.Limit), Number(account?.ByOthers), need.Why,
                ];
            }));
        if (Notes.Count > 0) yield return PlainConsole.Table("Notes", ["Note"], Notes.Select(note => (string[])[note]));
        yield return PlainConsole.Table(
            "Cost",
            ["What", "USD/month", "Price, USD", "Price of", "Source"],
            Cost.Parts.Select(part => (string[])
            [
                part.What, Usd(part.MonthlyUsd), string.Create(CultureInfo.InvariantCulture, $"{part.UsdPerUnit:0.00##} / {part.Unit}"),
                IsoDay.Text(part.Date), part.Source,
            ]));
        yield return new Text(Cost.Summary + "\n");
        if (Account.NotAsked is { } reason)
        {
            yield return new Text($"The account was not queried: {reason}\n");
            yield break;
        }
        yield return PlainConsole.Table(
            $"Account {Account.Id}",
            ["Checked", "Result"],
            Account.Answers.Select(answer => (string[])
                [answer.About, answer.State == AnswerState.Wrong ? $"wrong: {answer.Text}" : answer.Text]));
    }

    private static string Usd(decimal? usd) => usd?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";

    private static string Number(int? number, string unknown = "") => number?.ToString(CultureInfo.InvariantCulture) ?? unknown;
}

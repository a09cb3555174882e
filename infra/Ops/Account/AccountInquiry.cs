using System.Globalization;
using Causeway.Blueprint;
using Causeway.Blueprint.Account;
using Causeway.Blueprint.Quotas;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Account;

/// <summary>
/// Checks, read-only, whether an account can have a plan: image, instance type in its zone, hosted zone with its records, quotas. A missing
/// permission or response is reported and is not an error.
/// </summary>
internal sealed class AccountInquiry : IDisposable
{
    private readonly Plan _plan;
    private readonly AwsSession _session;
    private readonly Ec2Facts _ec2;
    private readonly HostedZones _zones;
    private readonly ServiceQuotas _quotas;

    private AccountInquiry(Plan plan, AwsSession session) =>
        (_plan, _session, _ec2, _zones, _quotas) = (plan, session, new(session, plan), new(session), new(session));

    /// <summary>Makes all checks at once.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="provider">The settings of the AWS provider, with the credentials and the allowed accounts.</param>
    /// <param name="limit">The timeout of each call; some calls follow each other.</param>
    /// <param name="cancellation">Cancels the checks.</param>
    public static async Task<AccountView> AskAsync(Plan plan, ProviderSettings provider, TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            using var session = await AwsSession.OpenAsync(provider, plan.Settings.Region, limit, cancellation);
            // A relay's name contains its generation, which is only known once the services are published.
            using var inquiry = new AccountInquiry(plan with { Names = [.. plan.Names.Where(name => !name.OfGeneration)] }, session);
            return await inquiry.AskAsync(cancellation);
        }
        catch (NotAskedException reason)
        {
            return AccountView.Unasked(reason.Message);
        }
    }

    public void Dispose() => _ec2.Dispose();

    private async Task<AccountView> AskAsync(CancellationToken cancellation)
    {
        var host = _plan.Hosts.Single();
        var quotas = QuotasAsync(cancellation);
        var answers = await Task.WhenAll(
            AskAsync(
                AccountQuestion.Image(host, _plan.Settings.Region), SettingKey.Image,
                () => _ec2.ImageAsync(host, cancellation),
                found => $"{host.Image} exists ({found!.Id})"),
            AskAsync<IReadOnlyCollection<string>>(
                AccountQuestion.Offering(host, _plan.Network.Zone), SettingKey.InstanceType,
                () => _ec2.OfferedAsync(host, cancellation),
                _ => $"{host.InstanceType} is offered in {_plan.Network.Zone}"),
            NamesAsync(cancellation));
        var (rows, ofQuotas) = await quotas;
        return new(_session.Account, null, [.. answers.SelectMany(some => some), .. ofQuotas], rows);
    }

    private static async Task<IReadOnlyList<AccountView.Answer>> AskAsync<T>(
        AccountQuestion<T> question, SettingKey setting, Func<Task<T>> ask, Func<T, string> fits)
    {
        try
        {
            var answer = await ask();
            return question.Judge(answer) is { Count: > 0 } mistakes
                ? [.. mistakes.Select(AccountView.Of)]
                : [new(setting.Name, AnswerState.Fits, fits(answer))];
        }
        catch (NotKnownException unknown)
        {
            return [AccountView.Unknown(setting.Name, unknown)];
        }
    }

    // Records are checked only if exactly one zone has the name.
    private async Task<IReadOnlyList<AccountView.Answer>> NamesAsync(CancellationToken cancellation)
    {
        if (_plan.Settings.HostedZone is not { } name) return [];
        IReadOnlyList<FoundZone> zones = [];
        var ofZone = await AskAsync(
            AccountQuestion.HostedZone(name), SettingKey.HostedZone,
            async () => zones = await _session.CallAsync(
                "route53:ListHostedZonesByName", limit => _zones.FindAsync(name, limit), cancellation),
            found => $"{name} exists ({found[0].Id})");
        if (zones.Count != 1) return ofZone;
        return
        [
            .. ofZone,
            .. await AskAsync(
                AccountQuestion.Records(_plan), SettingKey.Domain,
                () => RecordsAsync(zones[0], cancellation),
                records => _plan.Settings.Domain
                    + (records.OwnAddresses.Count > 0 ? " has this stack's records" : " has no conflicting records")),
        ];
    }

    private async Task<ZoneRecords> RecordsAsync(FoundZone zone, CancellationToken cancellation)
    {
        var each = await Task.WhenAll(ZoneRecords.NamesOf(_plan).Select(name =>
            _session.CallAsync("route53:ListResourceRecordSets", limit => _zones.RecordsAsync(zone, name, limit), cancellation)));
        IReadOnlyList<ListedRecord> listed = [.. each.SelectMany(some => some)];
        return new(listed, ZoneRecords.NeedsOwnAddresses(_plan, listed) ? await _ec2.OwnAddressesAsync(cancellation) : []);
    }

    private async Task<(IReadOnlyList<AccountView.QuotaRow> Rows, IReadOnlyList<AccountView.Answer> Answers)> QuotasAsync(
        CancellationToken cancellation)
    {
        var unknown = new List<AccountView.Answer>();
        // Without the permission, the type's name implies its vCPUs.
        var cores = await KnownAsync<IReadOnlyDictionary<string, int>?>(
            SettingKey.InstanceType.Name, async () => await _ec2.CoresAsync(cancellation), unknown);
        var asked = await Task.WhenAll(QuotaNeed.Of(_plan, cores).Select(async need =>
        {
            var answers = new List<AccountView.Answer>();
            var limit = KnownAsync<int?>(need.Name, async () => await _quotas.LimitAsync(need, cancellation), answers);
            var used = await KnownAsync<(int ByOthers, int Own)?>(need.Name, () => _ec2.UseAsync(need, cancellation), answers);
            var use = await limit is { } most ? new QuotaUse(need, most, used?.ByOthers, used?.Own) : null;
            if (use?.Mistake(_session.Region) is { } mistake) answers.Add(AccountView.Of(mistake));
            else if (use is not null && answers.Count == 0) answers.Add(new(need.Name, AnswerState.Fits, Fits(use)));
            var row = new AccountView.QuotaRow(need.Code, use?.Limit, used?.ByOthers, used?.Own, use?.Peak ?? need.AtPeak);
            return (Row: row, Answers: answers);
        }));
        return ([.. asked.Select(one => one.Row)], [.. unknown, .. asked.SelectMany(one => one.Answers)]);
    }

    private static string Fits(QuotaUse use) =>
        string.Create(CultureInfo.InvariantCulture, $"{use.Peak ?? use.Need.AtPeak} of {use.Limit} during an update");

    private static async Task<T?> KnownAsync<T>(string about, Func<Task<T>> ask, List<AccountView.Answer> unknown)
    {
        try
        {
            return await ask();
        }
        catch (NotKnownException reason)
        {
            lock (unknown) unknown.Add(AccountView.Unknown(about, reason));
            return default;
        }
    }
}

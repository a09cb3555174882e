using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;
using Causeway.Ops.Stacks;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Lifetime;

/// <summary>A demo's new expiry, on its way into the file and the account.</summary>
/// <param name="stack">The stack's name.</param>
/// <param name="project">The folder of <c>Pulumi.yaml</c>.</param>
/// <param name="file">The stack's file; null when it is lost.</param>
/// <param name="days">Days from today; null when they were not said.</param>
/// <param name="until">The day; null when it was not said.</param>
/// <param name="time">The clock.</param>
internal sealed class ExpiryChange(string stack, DirectoryInfo project, StackFile? file, int? days, DateOnly? until, TimeProvider time)
{
    // With the pauses between them half a minute at most.
    private const int MostLooks = 5;

    private readonly DateOnly _today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private string FilePath => StackFile.PathOf(project, stack);

    /// <summary>Changes the file alone.</summary>
    /// <exception cref="OpsException">It cannot be, or the day cannot be meant.</exception>
    public void Offline()
    {
        // Says what is wrong with a file that is not there.
        if (file is null) StackFile.Read(project, stack);
        ChangeFile(null);
        WarnOfTags("--offline");
    }

    /// <summary>Looks at the account, changes the file, and then the tags.</summary>
    /// <exception cref="OpsException">The stack is no demo, the day cannot be meant, or something was refused.</exception>
    public async Task RunAsync(AccountChoice choice, CancellationToken cancellation)
    {
        // What is wrong with the file or the command line is said before the account is asked.
        _ = Expiry(null);
        AccountLook look;
        try
        {
            look = await AccountLook.OpenAsync(choice, time, cancellation);
        }
        catch (NotAskedException reason) when (file is not null)
        {
            ChangeFile(null);
            WarnOfTags(reason.Message);
            return;
        }
        catch (NotAskedException reason)
        {
            throw new OpsException(reason.Message, cause: reason);
        }
        using (look) await RunAsync(look, choice.Regions.Single(), cancellation);
    }

    private async Task RunAsync(AccountLook look, string region, CancellationToken cancellation)
    {
        var account = await look.FindAsync(cancellation);
        var where = $"account {look.Session.Account}, {region}";
        var found = account.Stacks.FirstOrDefault(one => one.Name == stack && one.Region == region);
        if (found?.Stage == StackTags.Production)
        {
            throw new OpsException(
                $"the stack '{stack}' in {where} is a production stack, which has no expiry; nothing was changed", OpsException.Wrong);
        }
        if (found is null && file is null)
            throw new OpsException($"there is no stack '{stack}' in {where}, and no {FilePath}{Missed(account)}");

        var expiry = ChangeFile(found?.Expires);
        if (found is null)
        {
            Console.WriteLine($"There is nothing of it in {where}.");
            if (account.NotLooked.Count > 0) throw new OpsException($"the tags of some resources may be unchanged:{Missed(account)}");
            return;
        }
        // What has no stage outlives the stack, as a certificate that is kept, and never expires.
        IReadOnlyList<FoundResource> tagged = [.. found.Resources.Where(one => one.StackTags?.Stage == StackTags.Demo)];
        var tagger = new StackTagger(look.Session, look.Calls);
        var failures = await tagger.TagAsync(tagged, StackTags.ExpiresTag, IsoDay.Text(expiry), cancellation);
        if (failures.Count < tagged.Count && !await ShowsAsync(look, region, expiry, cancellation))
            Console.Error.WriteLine("ops: warning: AWS does not show the new tags yet; a sweep within minutes may still go by the old ones");
        Console.WriteLine(
            $"{tagged.Count - failures.Count} of {tagged.Count} resources in {where} have the tag {StackTags.ExpiresTag}={IsoDay.Text(expiry)}.");
        if (failures.Count == 0 && account.NotLooked.Count == 0) return;
        var kept = failures.Count < tagged.Count ? "; the sweep goes by the latest day that a resource has, so the stack is kept" : "";
        throw new OpsException($"some tags are unchanged{kept}, and pulumi up sets them:"
            + string.Concat(failures.Select(one => $"\n  {one.Resource.Kind} {one.Resource.Name}: {one.Reason}")) + Missed(account));
    }

    // AWS shows a changed tag a little later; who sweeps right after this command shall see it.
    private async Task<bool> ShowsAsync(AccountLook look, string region, DateOnly expiry, CancellationToken cancellation)
    {
        for (var tried = 1; tried <= MostLooks; tried++)
        {
            // Gone meanwhile is not late.
            var now = (await look.FindAsync(cancellation)).Stacks.FirstOrDefault(one => one.Name == stack && one.Region == region);
            if (now is null || now.Expires >= expiry) return true;
            await look.Calls.PauseAsync(tried, cancellation);
        }
        return false;
    }

    private static string Missed(FoundAccount account) => string.Concat(account.NotLooked.Select(one => $"\n  {one}"));

    private DateOnly ChangeFile(DateOnly? tagged)
    {
        var (before, expiry) = Expiry(tagged);
        var was = before is { } day && day != expiry ? $"; it was {IsoDay.Text(day)}" : "";
        if (file is not null) StackFileEdit.Set(project, stack, SettingKey.Expires, IsoDay.Text(expiry));
        Console.WriteLine($"The demo '{stack}' expires on {IsoDay.Text(expiry)} ({ExtendedExpiry.Away(expiry, _today)}{was})"
            + (file is null ? $"; there is no {FilePath}, and a pulumi up with one sets its own day." : $", in {FilePath}."));
        return expiry;
    }

    // The later one of file and tags holds: another person may have extended it from another checkout.
    private (DateOnly? Before, DateOnly Day) Expiry(DateOnly? tagged)
    {
        var before = new[] { file is null ? null : OfFile(file), tagged }.Max();
        return (before, ExtendedExpiry.Of(days, until, before, _today));
    }

    // Other settings may be wrong: that keeps no demo from having more time to correct them.
    private DateOnly? OfFile(StackFile settings)
    {
        foreach (var key in (SettingKey[])[SettingKey.Stage, SettingKey.Expires])
            if (settings.Encrypted.Contains(key.Name))
                throw Wrong($"{key.Name} is encrypted; keep it in clear (pulumi config set --plaintext)");
        var stage = settings.Values.GetValueOrDefault(SettingKey.Stage.Name, StackDefaults.Stage);
        if (stage != StackTags.Demo)
            throw Wrong($"stage is {stage}, and only a demo has an expiry; nothing was changed");
        if (settings.Values.GetValueOrDefault(SettingKey.Expires.Name) is not { Length: > 0 } text) return null;
        return IsoDay.TryRead(text)
            ?? throw Wrong($"expires: {text} is not a day; write one as 2026-12-31");

        OpsException Wrong(string what) => new($"{FilePath}: {what}", OpsException.Wrong);
    }

    private void WarnOfTags(string reason) => Console.Error.WriteLine(
        $"ops: warning: the account was not asked ({reason}): what is there keeps its day, which the sweep goes by, until: "
        + $"pulumi up --stack {stack}");
}

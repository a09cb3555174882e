using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;
using Causeway.Ops.Stacks;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Lifetime;

/// <summary>Changes a demo's expiry in its file and in the account.</summary>
/// <param name="stack">The stack's name.</param>
/// <param name="project">The folder of <c>Pulumi.yaml</c>.</param>
/// <param name="file">The stack's file; null if it is lost.</param>
/// <param name="days">The number of days from today; null for a day or the default.</param>
/// <param name="until">The day; null for a number of days or the default.</param>
/// <param name="time">The clock.</param>
internal sealed class ExpiryChange(string stack, DirectoryInfo project, StackFile? file, int? days, DateOnly? until, TimeProvider time)
{
    // With pauses, half a minute at most.
    private const int MostLooks = 5;

    private readonly DateOnly _today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private string FilePath => StackFile.PathOf(project, stack);

    /// <summary>Changes only the file.</summary>
    /// <exception cref="OpsException">The file can't be changed, or the day is invalid.</exception>
    public void Offline()
    {
        // Throws, because the file doesn't exist.
        if (file is null) StackFile.Read(project, stack);
        ChangeFile(null);
        WarnOfTags("--offline");
    }

    /// <summary>Searches the account, changes the file, and then the tags.</summary>
    /// <exception cref="OpsException">The stack isn't a demo, the day is invalid, or a change failed.</exception>
    public async Task RunAsync(AccountChoice choice, CancellationToken cancellation)
    {
        // Reports mistakes in the file or the command line before the account is queried.
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
            throw new OpsException($"stack '{stack}' not found in {where}, and {FilePath} doesn't exist{Missed(account)}");

        var expiry = ChangeFile(found?.Expires);
        if (found is null)
        {
            Console.WriteLine($"It has no resources in {where}.");
            if (account.NotLooked.Count > 0) throw new OpsException($"the tags of some resources may be unchanged:{Missed(account)}");
            return;
        }
        await TagAsync(look, account, found, where, expiry, cancellation);
    }

    private async Task TagAsync(
        AccountLook look, FoundAccount account, FoundStack found, string where, DateOnly expiry, CancellationToken cancellation)
    {
        // A resource without a stage, such as a kept certificate, outlives the stack and never expires.
        IReadOnlyList<FoundResource> tagged = [.. found.Resources.Where(one => one.StackTags?.Stage == StackTags.Demo)];
        var tagger = new StackTagger(look.Session, look.Calls);
        var failures = await tagger.TagAsync(tagged, StackTags.ExpiresTag, IsoDay.Text(expiry), cancellation);
        if (failures.Count < tagged.Count && !await ShowsAsync(look, found.Region, expiry, cancellation))
            Console.Error.WriteLine("ops: warning: AWS doesn't show the new tags yet; a sweep in the next minutes may use the old ones");
        var changed = tagged.Count - failures.Count;
        Console.WriteLine($"{changed} of {tagged.Count} resources in {where} have the tag {StackTags.ExpiresTag}={IsoDay.Text(expiry)}.");
        if (failures.Count == 0 && account.NotLooked.Count == 0) return;

        var kept = changed > 0 ? " (the sweep uses the latest day of a stack's resources, so the stack is kept)" : "";
        var lines = failures.Select(one => $"\n  {one.Resource.Kind} {one.Resource.Name}: {one.Reason}");
        throw new OpsException($"some tags are unchanged{kept}; pulumi up sets them:{string.Concat(lines)}{Missed(account)}");
    }

    // AWS shows a changed tag with a delay; a sweep right after this command must see it.
    private async Task<bool> ShowsAsync(AccountLook look, string region, DateOnly expiry, CancellationToken cancellation)
    {
        for (var tried = 1; tried <= MostLooks; tried++)
        {
            // The stack may have been deleted in the meantime.
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
        var was = before is { } day && day != expiry ? $"; was {IsoDay.Text(day)}" : "";
        if (file is not null) StackFileEdit.Set(project, stack, SettingKey.Expires, IsoDay.Text(expiry));
        Console.WriteLine($"The demo '{stack}' expires on {IsoDay.Text(expiry)} ({ExtendedExpiry.Away(expiry, _today)}{was})"
            + (file is null ? $"; {FilePath} doesn't exist, and pulumi up with another file sets that file's day." : $", in {FilePath}."));
        return expiry;
    }

    // The later day of file and tags counts: someone may have extended the demo from another checkout.
    private (DateOnly? Before, DateOnly Day) Expiry(DateOnly? tagged)
    {
        var before = new[] { file is null ? null : OfFile(file), tagged }.Max();
        return (before, ExtendedExpiry.Of(days, until, before, _today));
    }

    // Mistakes in other settings don't matter here.
    private DateOnly? OfFile(StackFile settings)
    {
        foreach (var key in (SettingKey[])[SettingKey.Stage, SettingKey.Expires])
            if (settings.Encrypted.Contains(key.Name))
                throw Wrong($"{key.Name} is encrypted; store it in clear with pulumi config set --plaintext");
        var stage = settings.Values.GetValueOrDefault(SettingKey.Stage.Name, StackDefaults.Stage);
        if (stage != StackTags.Demo)
            throw Wrong($"stage is {stage}, and only demos have an expiry; nothing was changed");
        if (settings.Values.GetValueOrDefault(SettingKey.Expires.Name) is not { Length: > 0 } text) return null;
        return IsoDay.TryRead(text)
            ?? throw Wrong($"expires: {text} isn't a day; write one like 2026-12-31");

        OpsException Wrong(string what) => new($"{FilePath}: {what}", OpsException.Wrong);
    }

    private void WarnOfTags(string reason) => Console.Error.WriteLine(
        $"ops: warning: the account was not queried ({reason}). Its resources keep their expiry, which the sweep uses; to change it, "
        + $"run pulumi up --stack {stack}");
}

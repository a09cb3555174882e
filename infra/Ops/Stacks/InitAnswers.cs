using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Settings;
using Spectre.Console;

namespace Causeway.Ops.Stacks;

/// <summary>What matters: given as options, kept from the stack's file, or asked.</summary>
internal sealed record InitAnswers(string? Region, string? Domain, string? Zone, string? Stage, string? Expires)
{
    /// <summary>Asks for what is neither given nor kept; takes the defaults where no person can be asked.</summary>
    /// <exception cref="OpsException">There is no region and no person to ask, or the expiry is wrong.</exception>
    public InitAnswers Ask(string stack, IReadOnlyDictionary<string, string> kept, DateOnly today)
    {
        var asks = !Console.IsInputRedirected && !Console.IsOutputRedirected;
        var region = Region ?? kept.GetValueOrDefault(SettingKey.Region.Name);
        if (region is null && !asks)
        {
            throw new OpsException("not interactive; pass --region, and --domain, --stage and --expires unless the defaults are right "
                + $"(none, demo, {StackDefaults.DemoDays} days)", OpsException.Wrong);
        }

        region ??= AnsiConsole.Prompt(new TextPrompt<string>("Which AWS region?")
            .DefaultValue("eu-central-1").Validate(text => Judge(stack, SettingKey.Region, text)));
        var domain = Domain ?? kept.GetValueOrDefault(SettingKey.Domain.Name) ?? (asks
            ? AnsiConsole.Prompt(new TextPrompt<string>("The page's domain? (empty: none, and no turns:)")
                .AllowEmpty().Validate(text => Judge(stack, SettingKey.Domain, text)))
            : null);
        var zone = Zone ?? kept.GetValueOrDefault(SettingKey.HostedZone.Name) ?? AskZone(stack, domain, kept, asks);
        var stage = Stage ?? kept.GetValueOrDefault(SettingKey.Stage.Name) ?? (asks
            ? AnsiConsole.Prompt(new SelectionPrompt<string>()
                .Title("Demo (leaves nothing behind) or production (protects its data)?").AddChoices("demo", "production"))
            : StackDefaults.Stage);
        return new(region, domain, zone, stage, AskExpiry(stack, stage, kept, asks, today));
    }

    private string? AskExpiry(string stack, string stage, IReadOnlyDictionary<string, string> kept, bool asks, DateOnly today)
    {
        if (Expires is not null)
        {
            var judged = JudgeExpiry(stack, Expires, today);
            if (stage == "demo" && !judged.Successful) throw new OpsException(Markup.Remove(judged.Message!), OpsException.Wrong);
            return Expires;
        }
        if (stage != "demo" || kept.ContainsKey(SettingKey.Expires.Name) || !asks) return null;
        return AnsiConsole.Prompt(new TextPrompt<string>("Until which day is the demo needed?")
            .DefaultValue(IsoDay.Text(StackDefaults.DemoExpiry(today))).Validate(text => JudgeExpiry(stack, text, today)));
    }

    // A demo that has expired before it is made would be deleted by the next sweep.
    private static ValidationResult JudgeExpiry(string stack, string text, DateOnly today)
    {
        var judged = Judge(stack, SettingKey.Expires, text, (SettingKey.Stage, "demo"));
        return judged.Successful && IsoDay.TryRead(text) < today
            ? ValidationResult.Error($"{SettingKey.Expires.Name}: {Markup.Escape(text)} has passed; write today or a later day")
            : judged;
    }

    private static string? AskZone(string stack, string? domain, IReadOnlyDictionary<string, string> kept, bool asks)
    {
        // A file with a domain and no zone means the domain itself.
        if (string.IsNullOrEmpty(domain) || kept.GetValueOrDefault(SettingKey.Domain.Name) == domain) return null;
        if (!Judge(stack, SettingKey.Domain, domain).Successful) return null;
        var likely = StackSettingsReader.SuggestedZone(domain);
        return asks
            ? AnsiConsole.Prompt(new TextPrompt<string>("The public Route 53 hosted zone that holds it?").DefaultValue(likely)
                .Validate(text => Judge(stack, SettingKey.HostedZone, text, (SettingKey.Domain, domain))))
            : likely;
    }

    // Of one answer, while the others are not known yet.
    private static ValidationResult Judge(string stack, SettingKey key, string text, params (SettingKey Key, string Text)[] others)
    {
        try
        {
            var settings = others.Append((key, text)).ToDictionary(one => one.Item1.Name, one => one.Item2);
            StackSettingsReader.Read(stack, settings, withoutSecret: true);
        }
        catch (SettingsException mistakes) when (mistakes.Mistakes.FirstOrDefault(mistake => mistake.Key == key.Name) is { } wrong)
        {
            return ValidationResult.Error(Markup.Escape(wrong.ToString()));
        }
        catch (SettingsException)
        {
            // Of the others.
        }
        return ValidationResult.Success();
    }
}

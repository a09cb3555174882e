using Causeway.Blueprint.Formats;
using Causeway.Blueprint.Settings;
using Spectre.Console;

namespace Causeway.Ops.Stacks;

/// <summary>The main settings of a new stack, from options, the stack's file or prompts.</summary>
internal sealed record InitAnswers(string? Region, string? Domain, string? Zone, string? Stage, string? Expires)
{
    /// <summary>Prompts for what neither options nor file contain. Without a terminal, uses defaults.</summary>
    /// <exception cref="OpsException">The region is missing and there is no terminal, or the expiry is invalid.</exception>
    public InitAnswers Ask(string stack, IReadOnlyDictionary<string, string> kept, DateOnly today)
    {
        var asks = !Console.IsInputRedirected && !Console.IsOutputRedirected;
        var region = Region ?? kept.GetValueOrDefault(SettingKey.Region.Name);
        if (region is null && !asks)
        {
            throw new OpsException(
                $"not interactive; pass --region (and --domain, --stage, --expires; defaults: none, demo, {StackDefaults.DemoDays} days)",
                OpsException.Wrong);
        }

        region ??= AnsiConsole.Prompt(new TextPrompt<string>("Which AWS region?")
            .DefaultValue("eu-central-1").Validate(text => Judge(stack, SettingKey.Region, text)));
        var domain = Domain ?? kept.GetValueOrDefault(SettingKey.Domain.Name) ?? (asks
            ? AnsiConsole.Prompt(new TextPrompt<string>("Which domain for the page? (empty for none; then there is no turns:)")
                .AllowEmpty().Validate(text => Judge(stack, SettingKey.Domain, text)))
            : null);
        var zone = Zone ?? kept.GetValueOrDefault(SettingKey.HostedZone.Name) ?? AskZone(stack, domain, kept, asks);
        var stage = Stage ?? kept.GetValueOrDefault(SettingKey.Stage.Name) ?? (asks
            ? AnsiConsole.Prompt(new SelectionPrompt<string>()
                .Title("Demo (expires, leaves nothing behind) or production (protects its data)?").AddChoices("demo", "production"))
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
        return AnsiConsole.Prompt(new TextPrompt<string>("What is the demo's last day?")
            .DefaultValue(IsoDay.Text(StackDefaults.DemoExpiry(today))).Validate(text => JudgeExpiry(stack, text, today)));
    }

    // The next sweep would delete a demo that has already expired.
    private static ValidationResult JudgeExpiry(string stack, string text, DateOnly today)
    {
        var judged = Judge(stack, SettingKey.Expires, text, (SettingKey.Stage, "demo"));
        return judged.Successful && IsoDay.TryRead(text) < today
            ? ValidationResult.Error($"{SettingKey.Expires.Name}: {Markup.Escape(text)} has passed; write today or a later day")
            : judged;
    }

    private static string? AskZone(string stack, string? domain, IReadOnlyDictionary<string, string> kept, bool asks)
    {
        // In a file with a domain and without a zone, the zone is the domain itself.
        if (string.IsNullOrEmpty(domain) || kept.GetValueOrDefault(SettingKey.Domain.Name) == domain) return null;
        if (!Judge(stack, SettingKey.Domain, domain).Successful) return null;
        var likely = StackSettingsReader.SuggestedZone(domain);
        return asks
            ? AnsiConsole.Prompt(new TextPrompt<string>("Which public Route 53 hosted zone contains it?").DefaultValue(likely)
                .Validate(text => Judge(stack, SettingKey.HostedZone, text, (SettingKey.Domain, domain))))
            : likely;
    }

    // Validates one answer while others are missing.
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
            // The mistakes are in other settings.
        }
        return ValidationResult.Success();
    }
}

using Causeway.Lab.Browsers;

namespace Causeway.Lab.Page;

/// <summary>Runs the page's modules in the browser that they are written for.</summary>
internal static class ModuleScript
{
    /// <summary>Runs a script of statements <c>is(found, expected, why)</c> in the page's own origin.</summary>
    public static async Task ProvesAsync(OneMachine machine, string script)
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var page = await CallPage.OpenAsync(machine.Second, machine.Service.Plan.Address.ToString());
        var wrong = await page.Page.EvaluateAsync<string[]>(
            $$"""
            async () => {
              const wrong = [];
              let proven = 0;
              const is = (found, expected, why = '') => {
                proven++;
                if (found !== expected) wrong.push(`${why}: expected ${expected}, found ${found}`);
              };
              {{script}}
              return proven > 0 ? wrong : ['nothing was proven'];
            }
            """);
        Assert.Empty(wrong);
    }
}

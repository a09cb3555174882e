using Causeway.Lab.Network;

namespace Causeway.Lab.Scripts;

/// <summary>What <c>script/lab</c> leaves on a machine, however it ends. The script is run as a person runs it, with this build.</summary>
[Collection(nameof(Alone))]
public sealed class LabScriptTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // Makes its own networks and takes less than a second.
    private const string Scenario = "Behind_two_NATs_the_carriers_address_is_seen";

    [Fact]
    public async Task Ctrl_C_at_a_pause_removes_everything()
    {
        await using var script = await ScriptRun.PausedAsync(Scenario);
        Assert.Empty(script.Namespaces.Except(NetworkNamespace.All));
        Assert.Contains($"ip netns exec {script.Namespaces[0]} bash", script.Output, StringComparison.Ordinal);

        script.Send(Interrupt);

        Assert.Equal(130, await script.EndAsync(Patience));
        Assert.Empty(NetworkNamespace.All.Intersect(script.Namespaces));
        Assert.Empty(await script.LeftAsync());
        Assert.Contains("Logs: artifacts/lab/", script.Output, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task A_paused_scenario_goes_on_when_it_is_told_to()
    {
        await using var script = await ScriptRun.PausedAsync(Scenario);
        File.Delete(script.PauseFile);
        Assert.Equal(0, await script.EndAsync(Patience));
        Assert.Empty(NetworkNamespace.All.Intersect(script.Namespaces));
        Assert.Empty(await script.LeftAsync());
    }

    [Fact(Explicit = true)]
    public async Task What_a_killed_script_leaves_behind_is_removed_by_the_next()
    {
        await using var script = await ScriptRun.PausedAsync(Scenario);
        script.Send(Signals.Kill);
        await script.EndAsync(Patience);
        Assert.NotEmpty(NetworkNamespace.All.Intersect(script.Namespaces));

        await using (Testbed.Create("next")) { }

        Assert.Empty(NetworkNamespace.All.Intersect(script.Namespaces));
        Assert.Empty(await script.LeftAsync());
        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.GetTempPath()),
            folder => script.Namespaces.Any(name => name.StartsWith(Path.GetFileName(folder), StringComparison.Ordinal)));
    }

    [Fact(Explicit = true)]
    public async Task Ctrl_C_in_the_middle_of_a_call_removes_everything()
    {
        await using var script = ScriptRun.Start("--no-build", "A_call_goes_on_over_TLS_when_all_but_443_is_blocked");
        // Both browsers are there.
        await script.BecomesAsync(() => script.Browsers >= 2, Patience);
        script.Send(Interrupt);
        Assert.Equal(130, await script.EndAsync(Patience));
        Assert.Equal(0, script.Browsers);
        Assert.Empty(await script.LeftAsync());
        Assert.DoesNotContain(NetworkNamespace.All, name => TestOwner.Of(name) is { IsAlive: false });
    }

    [Fact]
    public async Task Without_a_scenario_the_script_lists_them()
    {
        await using var script = ScriptRun.Start();
        Assert.Equal(0, await script.EndAsync(Patience));
        foreach (var scenario in (string[])["reach", "broken-path", "bad-network", "boot"])
            Assert.Matches($@"(?m)^  {scenario} +\d+ min  \w", script.Output);
    }

    private const int Interrupt = 2;
}

using System.Diagnostics;

namespace Causeway.Lab.Network.Tests;

[Collection(nameof(Alone))]
public sealed class LeftoversTests : IDisposable
{
    private readonly Process _died = Process.Start("true");

    [Fact]
    public async Task Control_groups_of_a_killed_run_are_removed_from_the_lowest_up()
    {
        await using (Testbed.Create("first")) { }
        Assert.SkipWhen(ControlGroups.Root is null, "This machine shows no control groups of version 2.");
        var (left, mine) = (await NameOfDeadAsync("1-instance"), TestOwner.Current.NameOf("1-leftovers-test"));
        try
        {
            foreach (var group in (string[])[left, mine])
                Directory.CreateDirectory(Path.Combine(ControlGroups.Root, group, "payload", "init.scope"));
            using var forgotten = Process.Start(
                new ProcessStartInfo(
                    "sh",
                        ["-c",
                            $"echo $$ > {ControlGroups.Root}/{left}/payload/init.scope/cgroup.procs && echo there; exec tail -f /dev/null"])
                { RedirectStandardOutput = true })!;
            Assert.Equal("there", await forgotten.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));

            await using (Testbed.Create("next")) { }

            await forgotten.WaitForExitAsync(TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            Assert.DoesNotContain(left, ControlGroups.All);
            Assert.Contains(mine, ControlGroups.All);
        }
        finally
        {
            ControlGroups.Remove(mine);
        }

        Assert.DoesNotContain(mine, ControlGroups.All);
    }

    [Fact]
    public async Task Temporary_files_and_folders_of_a_killed_run_are_removed_and_those_of_a_living_one_are_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Whether a process still runs is read from Linux's /proc.");
        var file = Path.Combine(Path.GetTempPath(), await NameOfDeadAsync("settings.json"));
        var folder = Path.Combine(Path.GetTempPath(), await NameOfDeadAsync("fleet"));
        var mine = LabFolders.Temporary("leftovers-test");
        await File.WriteAllTextAsync(file, "secret", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(folder, "inner"));
        await File.WriteAllTextAsync(mine, "", TestContext.Current.CancellationToken);

        Leftovers.ClearFiles();

        Assert.False(File.Exists(file));
        Assert.False(Directory.Exists(folder));
        Assert.True(File.Exists(mine));
        File.Delete(mine);
    }

    public void Dispose() => _died.Dispose();

    private async Task<string> NameOfDeadAsync(string thing)
    {
        await _died.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new TestOwner(_died.Id, Start: 1).NameOf(thing);
    }
}

using System.Text.RegularExpressions;

namespace Causeway.Lab.Boot;

/// <summary>
/// The plan's host boots while one thing on the way is broken: it says so on the console and tries again, serves nothing until then, and comes up by
/// itself when the fault ends. <c>script/lab boot-faults</c>, and with the rest of this folder <c>script/lab boot</c>.
/// </summary>
[Collection(Booting.Name)]
public sealed partial class BootFaultTests(BootReport report)
{
    private static readonly byte[] OtherBytes = new byte[4096];

    [Fact(Explicit = true)]
    public async Task A_program_with_another_hash_is_not_unpacked_and_the_right_one_serves()
    {
        await using var boot = await FaultyBoot.CreateAsync("other-program");
        var relay = boot.Plan.Buckets[0].Artifacts.Single(artifact => artifact.Service == "relay");
        var right = boot.Objects[relay.Key];
        boot.Objects[relay.Key] = () => OtherBytes;

        boot.Instance.PowerOn();
        var said = await boot.FailsAsync($"{relay.Key} has another hash than {relay.Sha256}", "programs", "host");
        boot.Instance.Run("test ! -e /opt/causeway/relay");

        boot.Objects[relay.Key] = right;
        await Report("the bucket gives other bytes for a program", said, boot);
    }

    [Fact(Explicit = true)]
    public async Task A_host_archive_with_another_hash_is_not_unpacked_and_the_right_one_serves()
    {
        await using var boot = await FaultyBoot.CreateAsync("other-archive");
        var host = boot.Plan.Buckets[0].Artifacts.Single(artifact => artifact.Service == "host");
        var right = boot.Objects[host.Key];
        boot.Objects[host.Key] = () => OtherBytes;

        boot.Instance.PowerOn();
        var said = await boot.FailsAsync($"{host.Key} has another hash than {host.Sha256}", "files", "bootstrap");
        boot.Instance.Run("test ! -e /etc/causeway/units");

        boot.Objects[host.Key] = right;
        await Report("the bucket gives other bytes for the host's files", said, boot);
    }

    // Hashes change with every build, and nobody compares them in a document.
    private async Task Report(string fault, string console, FaultyBoot boot) =>
        report.Add(new BootFault(fault, Hash().Replace(console, "…"), FormattableString.Invariant($"ready by itself {(await boot.ServesAsync()).TotalSeconds:F0} s after power-on")));

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Hash();
}

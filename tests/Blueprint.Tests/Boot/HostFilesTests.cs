using System.Formats.Tar;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Boot;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Policies;
using CliWrap;
using CliWrap.Buffered;

namespace Causeway.Blueprint.Tests.Boot;

/// <summary>The host's files, checked by the programs that read them.</summary>
public sealed partial class HostFilesTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("causeway-host-");

    public void Dispose() => _root.Delete(recursive: true);

    private string Folder => _root.FullName;

    /// <summary>Writes a host's files below the test's folder, as tar does on a host.</summary>
    private void LayOut(Plan plan)
    {
        foreach (var file in plan.Files())
        {
            var path = Folder + file.Path;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Content);
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(file.Mode, 8));
        }
    }

    private static async Task<BufferedCommandResult> Run(string program, params string[] arguments)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not installed");
        return await Cli.Wrap(program)
            .WithArguments(arguments)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
    }

    private static void Succeeded(BufferedCommandResult result) =>
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);

    [Fact]
    public async Task Shellcheck_finds_nothing_in_the_scripts()
    {
        LayOut(Plans.Of());
        var library = Folder + HostPaths.Library;
        var scripts = Directory.GetFiles(library)
            .Where(file => !File.ReadLines(file).First().Contains("python3", StringComparison.Ordinal));
        Succeeded(await Run("shellcheck", ["-x", "-P", library, .. scripts]));
    }

    [Theory]
    // Debian's smaller images lack curl and the authorities; installing them again costs nothing.
    [InlineData("curl", "curl")]
    [InlineData("curl", "ca-certificates")]
    [InlineData("openssl", "openssl")]
    [InlineData("from acme import", "python3-acme")]
    [InlineData("gpg", "gpg")]
    public void What_the_scripts_need_is_installed(string program, string package)
    {
        var plan = Plans.Of(("access", "ssm"), ("ssmAgentKeyFingerprint", Plans.SsmKey));
        var scripts = plan.Files().Where(file => file.Path.StartsWith(HostPaths.Library, StringComparison.Ordinal));
        Assert.Contains(scripts, script => script.Content.Contains(program, StringComparison.Ordinal));
        Assert.Matches($"(?m)^PACKAGES='(.* )?{package}( .*)?'$", plan.File(PlanFiles.Environment));
    }

    [Fact]
    public async Task Systemd_finds_nothing_in_the_units()
    {
        var plan = Plans.Of();
        LayOut(plan);
        var units = plan.Hosts[0].Units.Append(Units.Bootstrap).Select(unit => unit.Name)
            .Where(name => !name.Contains('/', StringComparison.Ordinal))
            .ToList();
        // The programs are fetched later, and the system's own units are replaced by empty ones.
        foreach (var unit in units.Select(unit => $"{Folder}/etc/systemd/system/{unit}"))
            File.WriteAllText(unit, Program().Replace(File.ReadAllText(unit), "${key}/bin/true"));
        var system = Directory.CreateDirectory(Folder + "/usr/lib/systemd/system").FullName;
        string[] targets =
        [
            "network-online", "multi-user", "timers", "sysinit", "basic", "shutdown", "local-fs", "remote-fs", "time-sync", "time-set",
            "network",
        ];
        foreach (var target in targets) File.WriteAllText($"{system}/{target}.target", "[Unit]\nDescription=stand-in\n");
        Directory.CreateDirectory(Folder + "/bin");
        File.WriteAllText(Folder + "/bin/true", "");
        File.SetUnixFileMode(Folder + "/bin/true", UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var result = await Run("systemd-analyze", ["verify", $"--root={Folder}", "--man=no", .. units]);
        Succeeded(result);
        Assert.DoesNotContain("causeway", result.StandardError, StringComparison.Ordinal);
    }

    [GeneratedRegex("^(?<key>ExecStart=|ExecReload=).*$", RegexOptions.Multiline)]
    private static partial Regex Program();

    public static TheoryData<string> Services =>
        [.. Units.All.Append(Units.Bootstrap).Select(unit => unit.Name).Where(name => name.EndsWith(".service", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Services))]
    public async Task Every_unit_is_hardened_to_an_exposure_below_3_unless_a_waiver_says_why_not(string unit)
    {
        var plan = Plans.Of();
        LayOut(plan);
        var waived = plan.Waivers.Any(waiver => waiver.Subject == unit && waiver.Rule == Waivers.HardenedUnits);
        var result = await Run(
            "systemd-analyze", "security", "--offline=true", $"--root={Folder}", "--threshold=30", "--no-pager", unit);
        Assert.Contains("Overall exposure level", result.StandardOutput, StringComparison.Ordinal);
        // A waiver without a need fails too.
        Assert.True(result.ExitCode == 0 != waived, $"waived: {waived}\n{result.StandardOutput}{result.StandardError}");
    }

    /// <summary>systemd reads drop-ins after the unit, so a common one would take back what a unit adds.</summary>
    [Fact]
    public void There_are_no_drop_ins_and_a_unit_adds_system_calls_after_the_common_filter()
    {
        Assert.DoesNotContain(Units.All, unit => unit.Name.Contains('/', StringComparison.Ordinal));
        var filters = Units.All.Select(unit => unit.Values("Service", "SystemCallFilter").ToList());
        Assert.All(filters.Where(filter => filter.Contains("@chown")), filter => Assert.Equal("@chown", filter[^1]));
    }

    [Theory, EveryPlan]
    public async Task User_data_is_YAML_with_the_planned_files(Plan plan)
    {
        var cloudInit = plan.Hosts[0].CloudInit;
        var path = Folder + "/user-data";
        File.WriteAllText(path, cloudInit.Render());
        var check = await Run("/usr/bin/python3", "-c", "import yaml");
        Assert.SkipUnless(check.ExitCode == 0, "python3-yaml is not installed");

        const string toJson = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";
        var result = await Run("/usr/bin/python3", "-c", toJson, path);
        Succeeded(result);
        using var read = JsonDocument.Parse(result.StandardOutput);
        var files = read.RootElement.GetProperty("write_files").EnumerateArray().Select(file => new HostFile(
            file.GetProperty("path").GetString()!,
            file.TryGetProperty("permissions", out var mode) ? mode.GetString()! : "0644",
            file.GetProperty("content").GetString()!));
        Assert.Equal(cloudInit.Files, files);
        var command = Assert.Single(read.RootElement.GetProperty("runcmd").EnumerateArray());
        Assert.Equal(Units.Bootstrap.Name, command.EnumerateArray().Last().GetString());
    }

    [Theory, InlineData("demo with a domain"), InlineData("demo without a domain")]
    public async Task Cloud_init_knows_every_key_of_the_user_data(string plan)
    {
        var result = await CloudInitSchema(Plans.All[plan].Hosts[0].CloudInit.Render());
        Succeeded(result);
        Assert.Contains("Valid schema", result.StandardOutput, StringComparison.Ordinal);
    }

    [Theory, InlineData("writefiles: []"), InlineData("runcmd: yes")]
    public async Task Cloud_init_finds_a_mistake_in_the_user_data(string mistake)
    {
        var rendered = Plans.Of().Hosts[0].CloudInit.Render();
        var beforeCommands = rendered[..rendered.IndexOf("runcmd:", StringComparison.Ordinal)];
        var result = await CloudInitSchema($"{beforeCommands}{mistake}\n");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("Invalid schema", result.StandardOutput + result.StandardError, StringComparison.Ordinal);
    }

    // script/test fetches the cloud-init of the instances' release, because that of an older Debian accepts unknown keys.
    private async Task<BufferedCommandResult> CloudInitSchema(string userData)
    {
        var modules = Path.Combine(Fetched.Folder("cloud-init"), "usr/lib/python3/dist-packages");
        Assert.SkipUnless(Directory.Exists(modules), $"{modules} is missing; script/test fetches the instances' cloud-init");
        var path = Folder + "/user-data";
        await File.WriteAllTextAsync(path, userData, TestContext.Current.CancellationToken);
        var result = await Cli.Wrap("/usr/bin/python3")
            .WithArguments(["-B", "-m", "cloudinit.cmd.main", "schema", "--config-file", path])
            .WithEnvironmentVariables(environment => environment.Set("PYTHONPATH", modules))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(
            result.StandardError.Contains("ModuleNotFoundError", StringComparison.Ordinal),
            $"cloud-init needs a Python module: {result.StandardError}");
        return result;
    }

    [Fact]
    public async Task Nft_reads_the_table_that_denies_metadata()
    {
        // nft looks users up, so the table needs some that exist here.
        var table = Plans.Of().File(HostPaths.Firewall)
            .Replace("causeway-relay", "root", StringComparison.Ordinal)
            .Replace("causeway-signalling", "nobody", StringComparison.Ordinal);
        var path = Folder + "/firewall.nft";
        File.WriteAllText(path, table);
        var result = await Run("nft", "--check", "--file", path);
        Assert.SkipWhen(result.StandardError.Contains("Operation not permitted", StringComparison.Ordinal), "nft --check needs root");
        Succeeded(result);
    }

    [Fact]
    public void The_archive_holds_every_file_with_its_mode_and_no_time_or_owner()
    {
        var plan = Plans.Of();
        var archive = plan.Buckets[0].Artifacts.Single(artifact => artifact.Service == "host");
        using var tar = new TarReader(new MemoryStream(archive.Content!));
        List<HostFile> files = [];
        while (tar.GetNextEntry() is { } entry)
        {
            using var content = new StreamReader(entry.DataStream!, Encoding.UTF8);
            files.Add(new($"/{entry.Name}", "0" + Convert.ToString((int)entry.Mode, 8), content.ReadToEnd()));
            Assert.Equal((0, 0, DateTimeOffset.UnixEpoch), (entry.Uid, entry.Gid, entry.ModificationTime));
        }
        Assert.Equal(plan.Hosts[0].Files, files);
    }
}

using System.Formats.Tar;
using System.Text;
using Causeway.Blueprint.Boot;
using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Policies;
using CliWrap;
using CliWrap.Buffered;

namespace Causeway.Blueprint.Tests.Boot;

/// <summary>The host's files, judged by the programs that will read them.</summary>
public sealed class HostFilesTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("causeway-host-");

    public void Dispose() => _root.Delete(recursive: true);

    /// <summary>Lays a host's files out below a folder of the test, as tar does on a host.</summary>
    private void LayOut(Plan plan)
    {
        foreach (var file in plan.Hosts[0].CloudInit.Files.Concat(plan.Hosts[0].Files))
        {
            var path = _root.FullName + file.Path;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Content);
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(file.Mode, 8));
        }
    }

    private static async Task<BufferedCommandResult> Run(string program, params string[] arguments)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
        Assert.SkipUnless(found, $"{program} is not installed on this machine");
        return await Cli.Wrap(program).WithArguments(arguments).WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Shellcheck_finds_nothing_in_the_scripts()
    {
        LayOut(Plans.Of());
        var library = _root.FullName + "/usr/local/lib/causeway";
        var result = await Run("shellcheck", ["-x", "-P", library, .. Directory.GetFiles(library).Where(file => !File.ReadLines(file)
            .First().Contains("python3", StringComparison.Ordinal))]);
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
    }

    [Fact]
    public void What_the_scripts_run_beyond_a_bare_Debian_is_installed()
    {
        var plan = Plans.Of(("access", "ssm"), ("ssmAgentKeyFingerprint", Plans.SsmKey));
        var scripts = string.Concat(plan.Hosts[0].CloudInit.Files.Concat(plan.Hosts[0].Files).Where(file =>
            file.Path.StartsWith(HostPaths.Library, StringComparison.Ordinal)).Select(file => file.Content));
        var packages = PlanTests.File(plan, "/etc/causeway/host.env").Split('\n')
            .Single(line => line.StartsWith("PACKAGES=", StringComparison.Ordinal)).Split('\'')[1].Split(' ');

        // The official image has curl and authorities today, Debian's smaller ones have not; what is there already costs nothing to name.
        Assert.All([("curl", "curl"), ("curl", "ca-certificates"), ("openssl", "openssl"), ("from acme import", "python3-acme"),
            ("gpg", "gpg")], ((string Program, string Package) need) =>
        {
            Assert.Contains(need.Program, scripts, StringComparison.Ordinal);
            Assert.Contains(need.Package, packages);
        });
    }

    [Fact]
    public async Task Systemd_finds_nothing_in_the_units()
    {
        LayOut(Plans.Of());
        var units = Plans.Of().Hosts[0].Units.Append(Units.Bootstrap).Where(unit => !unit.Name.Contains('/', StringComparison.Ordinal))
            .Select(unit => unit.Name).ToList();
        // Whether programs are there is not the question: they are fetched. Units of the system below are stood in for by empty ones.
        foreach (var unit in units) File.WriteAllText($"{_root.FullName}/etc/systemd/system/{unit}",
            WithoutPrograms(File.ReadAllText($"{_root.FullName}/etc/systemd/system/{unit}")));
        var system = Directory.CreateDirectory(_root.FullName + "/usr/lib/systemd/system").FullName;
        foreach (var target in new[] { "network-online", "multi-user", "timers", "sysinit", "basic", "shutdown", "local-fs", "remote-fs",
            "time-sync", "time-set", "network" })
            File.WriteAllText($"{system}/{target}.target", "[Unit]\nDescription=stand-in\n");
        Directory.CreateDirectory(_root.FullName + "/bin");
        File.WriteAllText(_root.FullName + "/bin/true", "");
        File.SetUnixFileMode(_root.FullName + "/bin/true", UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var result = await Run("systemd-analyze", ["verify", $"--root={_root.FullName}", "--man=no", .. units]);
        Assert.True(result.ExitCode == 0, result.StandardError);
        Assert.DoesNotContain("causeway", result.StandardError, StringComparison.Ordinal);
    }

    private static string WithoutPrograms(string unit) => string.Join('\n', unit.Split('\n').Select(line =>
        line.StartsWith("ExecStart=", StringComparison.Ordinal) ? "ExecStart=/bin/true"
            : line.StartsWith("ExecReload=", StringComparison.Ordinal) ? "ExecReload=/bin/true"
            : line));

    public static TheoryData<string> Services => [.. Units.All.Append(Units.Bootstrap)
        .Where(unit => unit.Name.EndsWith(".service", StringComparison.Ordinal)).Select(unit => unit.Name)];

    [Theory, MemberData(nameof(Services))]
    public async Task Every_unit_is_hardened_to_an_exposure_below_3_unless_a_waiver_says_why_not(string unit)
    {
        var plan = Plans.Of();
        LayOut(plan);
        var waived = plan.Waivers.Any(waiver => waiver.Subject == unit && waiver.Rule == Waivers.HardenedUnits);
        var result = await Run("systemd-analyze", "security", "--offline=true", $"--root={_root.FullName}", "--threshold=30", "--no-pager",
            unit);
        Assert.Contains("Overall exposure level", result.StandardOutput, StringComparison.Ordinal);
        // A waiver that is not needed goes.
        Assert.True(result.ExitCode == 0 != waived, $"waived: {waived}\n{result.StandardOutput}{result.StandardError}");
    }

    // systemd reads drop-ins after the unit itself: a general one takes back the capabilities and system calls that a unit adds to it.
    [Fact]
    public void What_a_unit_may_do_stands_in_its_own_file_after_what_all_may_not()
    {
        Assert.DoesNotContain(Units.All, unit => unit.Name.Contains('/', StringComparison.Ordinal));
        Assert.All(Units.All.Where(unit => unit.Values("Service", "SystemCallFilter").Contains("@chown")), unit =>
            Assert.Equal("@chown", unit.Values("Service", "SystemCallFilter").Last()));
    }

    [Theory, MemberData(nameof(Plans.Spread), MemberType = typeof(Plans))]
    public async Task User_data_is_YAML_that_says_what_the_plan_says(string spread)
    {
        var plan = Plans.Named(spread);
        var path = _root.FullName + "/user-data";
        File.WriteAllText(path, plan.Hosts[0].CloudInit.Render());
        var check = await Run("/usr/bin/python3", "-c", "import yaml");
        Assert.SkipUnless(check.ExitCode == 0, "python3-yaml is not installed on this machine");

        var result = await Run("/usr/bin/python3", "-c", """
            import json, sys, yaml
            print(json.dumps(yaml.safe_load(open(sys.argv[1]))))
            """, path);
        Assert.True(result.ExitCode == 0, result.StandardError);
        var read = System.Text.Json.JsonDocument.Parse(result.StandardOutput).RootElement;
        var files = read.GetProperty("write_files").EnumerateArray().ToDictionary(file => file.GetProperty("path").GetString()!);

        Assert.Equal(plan.Hosts[0].CloudInit.Files.Count, files.Count);
        Assert.All(plan.Hosts[0].CloudInit.Files, file =>
        {
            Assert.Equal(file.Content, files[file.Path].GetProperty("content").GetString());
            Assert.Equal(file.Mode, files[file.Path].TryGetProperty("permissions", out var mode) ? mode.GetString() : "0644");
        });
        Assert.Equal(Units.Bootstrap.Name, Assert.Single(read.GetProperty("runcmd").EnumerateArray()).EnumerateArray().Last().GetString());
    }

    [Theory, InlineData("demo with a domain"), InlineData("demo without a domain")]
    public async Task Cloud_init_knows_every_key_of_the_user_data(string spread)
    {
        var result = await CloudInitSchema(Plans.Named(spread).Hosts[0].CloudInit.Render());
        Assert.True(result.ExitCode == 0, result.StandardOutput + result.StandardError);
        Assert.Contains("Valid schema", result.StandardOutput, StringComparison.Ordinal);
    }

    [Theory, InlineData("writefiles: []"), InlineData("runcmd: yes")]
    public async Task Cloud_init_would_find_a_mistake_in_the_user_data(string mistake)
    {
        var rendered = Plans.Of().Hosts[0].CloudInit.Render();
        var result = await CloudInitSchema(rendered[..rendered.IndexOf("runcmd:", StringComparison.Ordinal)] + mistake + "\n");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("Invalid schema", result.StandardOutput + result.StandardError, StringComparison.Ordinal);
    }

    // The cloud-init of the instances' own release, which script/test fetches: the one of an older Debian lets unknown keys pass.
    private async Task<BufferedCommandResult> CloudInitSchema(string userData)
    {
        var modules = Path.Combine(Fetched.Folder("cloud-init"), "usr/lib/python3/dist-packages");
        Assert.SkipUnless(Directory.Exists(modules), $"{modules} is missing; script/test fetches the instances' cloud-init");
        var path = _root.FullName + "/user-data";
        await File.WriteAllTextAsync(path, userData, TestContext.Current.CancellationToken);
        var result = await Cli.Wrap("/usr/bin/python3")
            .WithArguments(["-B", "-m", "cloudinit.cmd.main", "schema", "--config-file", path])
            .WithEnvironmentVariables(environment => environment.Set("PYTHONPATH", modules))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(result.StandardError.Contains("ModuleNotFoundError", StringComparison.Ordinal),
            $"cloud-init lacks a module of Python: {result.StandardError}");
        return result;
    }

    [Fact]
    public async Task Nft_reads_the_table_that_denies_metadata()
    {
        // Names of users are looked up when a table is read; here root stands in for both.
        var path = _root.FullName + "/firewall.nft";
        File.WriteAllText(path, PlanTests.File(Plans.Of(), HostPaths.Firewall).Replace("causeway-relay", "root", StringComparison.Ordinal)
            .Replace("causeway-signalling", "nobody", StringComparison.Ordinal));
        var result = await Run("nft", "--check", "--file", path);
        Assert.SkipWhen(result.StandardError.Contains("Operation not permitted", StringComparison.Ordinal), "nft --check needs root");
        Assert.True(result.ExitCode == 0, result.StandardError);
    }

    [Fact]
    public void The_archive_holds_every_file_with_its_mode_and_no_time_or_owner()
    {
        var plan = Plans.Of();
        using var tar = new TarReader(new MemoryStream(plan.Buckets[0].Artifacts.Single(artifact => artifact.Service == "host").Content!));
        var read = new Dictionary<string, (string Mode, string Content)>();
        while (tar.GetNextEntry() is { } entry)
        {
            using var content = new StreamReader(entry.DataStream!, Encoding.UTF8);
            read.Add("/" + entry.Name, ("0" + Convert.ToString((int)entry.Mode, 8), content.ReadToEnd()));
            Assert.Equal((0, 0, DateTimeOffset.UnixEpoch), (entry.Uid, entry.Gid, entry.ModificationTime));
        }
        Assert.Equal(plan.Hosts[0].Files.ToDictionary(file => file.Path, file => (file.Mode, file.Content)), read);
    }
}

using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Repository;

public partial class ScriptTests
{
    public static TheoryData<string> Scripts => [.. new[] { "up", "test", "bench", "lab" }.Select(name => $"script/{name}")];

    [Fact]
    public async Task Shellcheck_finds_nothing()
    {
        Assert.SkipUnless(Run.Exists("shellcheck"), "shellcheck is not installed: apt-get install shellcheck");
        string[] scripts =
        [
            ".ci/run",
            .. Directory.EnumerateFiles(Checkout.At(".github", "scripts")),
            .. Directory.EnumerateFiles(Checkout.At("script")),
        ];
        await using var run = await Run.ToEnd("shellcheck", ["-x", .. scripts]);
        Assert.Equal("", run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory, MemberData(nameof(Scripts))]
    public async Task A_missing_SDK_is_one_line_with_the_fix(string script)
    {
        // A PATH with the programs that the scripts call, without dotnet.
        using var folder = new TemporaryFolder();
        foreach (var tool in (string[])["bash", "dirname", "sed", "env", "basename", "paste", "id", "mkdir"])
            File.CreateSymbolicLink(folder.At(tool), Which(tool));

        // Without arguments, it prints its usage, which needs no SDK.
        string[] arguments = script == "script/lab" ? ["--list"] : [];
        var path = new Dictionary<string, string?> { ["PATH"] = folder.Path };
        await using var run = Run.Start(folder.At("bash"), [Checkout.At(script), .. arguments], path);
        await run.WaitForExit();

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        const string Fix = @"install the \.NET SDK 10\.0\.\d+ or later from https://\S+";
        Assert.Matches($"^{script}: 'dotnet' isn't on the PATH; {Fix}\n$", run.Errors);
    }

    [Fact]
    public async Task An_unknown_test_project_is_one_line_with_the_known_ones()
    {
        await using var run = await Run.ToEnd(Checkout.At("script", "test"), "Nonsense");
        Assert.Equal(2, run.ExitCode);
        Assert.Matches(@"^script/test: unknown test project 'Nonsense'; projects: .*\bProtocol\b.*\n$", run.Errors);
    }

    [Fact]
    public async Task Explicit_tests_are_counted_and_skipped_ones_are_shown_with_their_reason()
    {
        using var checkout = new TemporaryFolder();
        // Prints what the test runner prints about such tests.
        Prepare(checkout, """
            printf 'skipped A call\n  Not run (due to explicit test filtering)\n  from Lab.dll\n'
            printf 'skipped Another\n  coturn is not installed\n  from Lab.dll\n'
            echo '{"summary":{"tests":5,"passed":1,"failed":0,"pending":3,"skipped":1,"other":0}}' > "$folder/$name"
            """, "Protocol.Tests");

        await using var run = Test(checkout, "Protocol");
        await run.WaitForExit();

        Assert.DoesNotContain("explicit test filtering", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 tests run only by name: script/lab\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("skipped Another\n  coturn is not installed\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n1 passed, 0 failed, 1 skipped\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Projects_run_in_parallel_and_the_output_of_each_is_kept_together()
    {
        using var checkout = new TemporaryFolder();
        // Each project prints before and after both have started.
        Prepare(checkout, """
            echo "$name begins"
            touch "$folder/$name.begun"
            until [[ -e $folder/Ops.json.begun && -e $folder/Protocol.json.begun ]]; do sleep 0.1; done
            echo "$name ends"
            if [[ $name == Ops.json ]]; then
                echo '{"summary":{"tests":3,"passed":1,"failed":1,"pending":0,"skipped":1,"other":0}}' > "$folder/$name"
                exit 2
            fi
            echo '{"summary":{"tests":4,"passed":4,"failed":0,"pending":0,"skipped":0,"other":0}}' > "$folder/$name"
            """, "Protocol.Tests", "Ops.Tests");

        await using var run = Test(checkout);
        await run.WaitForExit();

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("\n==> Ops\nOps.json begins\nOps.json ends\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n==> Protocol\nProtocol.json begins\nProtocol.json ends\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n5 passed, 1 failed, 1 skipped\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lab_runs_alone_and_before_the_others()
    {
        using var checkout = new TemporaryFolder();
        Prepare(checkout, """
            [[ $name == Lab.json || -e $folder/Lab.json ]] || exit 3
            sleep 0.2
            [[ $name != Lab.json || ! -e $folder/Protocol.json ]] || exit 3
            echo '{"summary":{"tests":4,"passed":4,"failed":0,"pending":0,"skipped":0,"other":0}}' > "$folder/$name"
            """, "Protocol.Tests", "Lab");

        await using var run = Test(checkout);
        await run.WaitForExit();

        Assert.EndsWith("\n8 passed, 0 failed, 0 skipped\n", run.Output, StringComparison.Ordinal);
        const string Time = @"\d+:\d\d";
        Assert.Matches($"\nTimes: packages {Time}, build {Time}, Lab {Time}, Protocol {Time}, everything {Time}\n", run.Output);
    }

    [Fact]
    public async Task A_project_that_leaves_a_process_or_no_report_fails_the_run()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the parent of a process is read from Linux's /proc");
        using var checkout = new TemporaryFolder();
        Prepare(checkout, """
            [[ $name == Lab.json ]] && exit 3
            sleep 600 > /dev/null 2>&1 &
            echo '{"summary":{"tests":4,"passed":4,"failed":0,"pending":0,"skipped":0,"other":0}}' > "$folder/$name"
            """, "Protocol.Tests", "Lab");

        await using var run = Test(checkout);
        await run.WaitForExit();

        Assert.Equal(1, run.ExitCode);
        Assert.Matches("!!! Protocol left processes running, killed now: *[0-9]+ sleep 600\n", run.Output);
        Assert.Contains(
            "!!! Lab ended with exit code 3 and without a report; this counts as one failed test.\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n4 passed, 1 failed, 0 skipped\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_run_ends_all_projects_and_prints_their_output()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the parent of a process is read from Linux's /proc");
        using var checkout = new TemporaryFolder();
        Prepare(checkout, """
            echo "$name begins"
            touch "$folder/$name.begun"
            exec tail -f /dev/null
            """, "Protocol.Tests", "Ops.Tests");

        await using var run = Test(checkout);
        var begun = checkout.At("artifacts/test-reports");
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!File.Exists(Path.Combine(begun, "Ops.json.begun")) || !File.Exists(Path.Combine(begun, "Protocol.json.begun")))
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        await run.Signal("INT");
        await run.WaitForExit();

        Assert.Equal(130, run.ExitCode);
        Assert.Contains("==> Ops, interrupted\nOps.json begins\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("==> Protocol, interrupted\nProtocol.json begins\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith(
            "!!! Interrupted; the totals count the projects that had ended.\n\n0 passed, 0 failed, 0 skipped\n", run.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_compiler_server_of_a_build_is_stopped()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the parent of a process is read from Linux's /proc");
        using var checkout = new TemporaryFolder();
        Prepare(checkout, "exit 1", "Protocol.Tests");
        File.WriteAllText(checkout.At("bin/dotnet"), File.ReadAllText(checkout.At("bin/dotnet")).Replace("""
            [[ $1 == test ]] || exit 0
            """, """
            if [[ $1 == build ]]; then
                setsid tail -f /dev/null > /dev/null 2>&1 &
                echo $! > compiler
                [[ $BUILD == succeeds ]]
                exit
            fi
            [[ $1 == test ]] || exit 0
            """, StringComparison.Ordinal));

        // Also after a failed build.
        foreach (var (build, output) in new[] { ("succeeds", "exit code 1"), ("fails", "Building failed") })
        {
            await using var run = Test(checkout, build: build);
            await run.WaitForExit();

            Assert.Contains(output, run.Output, StringComparison.Ordinal);
            var compiler = File.ReadAllText(checkout.At("compiler")).Trim();
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            while (Directory.Exists($"/proc/{compiler}")) await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Creates a checkout with some projects, and a dotnet that runs a script instead of a project's tests.</summary>
    private static void Prepare(TemporaryFolder checkout, string tests, params string[] projects)
    {
        foreach (var file in (string[])["script/test", "script/common.sh", "global.json"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(checkout.At(file))!);
            File.Copy(Checkout.At(file), checkout.At(file));
        }

        foreach (var project in projects)
        {
            Directory.CreateDirectory(checkout.At($"tests/{project}"));
            File.WriteAllText(checkout.At($"tests/{project}/Causeway.{project}.csproj"), "<Project />");
        }

        Directory.CreateDirectory(checkout.At("bin"));
        File.WriteAllText(checkout.At("bin/dotnet"), $$"""
            #!/bin/bash
            [[ $1 == test ]] || exit 0
            while (($#)); do
                [[ $1 != --results-directory ]] || folder=$2
                [[ $1 != --report-xunit-ctrf-filename ]] || name=$2
                shift
            done
            {{tests}}
            """);
        File.SetUnixFileMode(checkout.At("bin/dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private static Run Test(TemporaryFolder checkout, string? project = null, string build = "")
    {
        var environment = new Dictionary<string, string?>
        {
            ["PATH"] = $"{checkout.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["BUILD"] = build,
        };
        return Run.Start(checkout.At("script/test"), project is null ? [] : [project], environment);
    }

    [Fact]
    public void Every_package_that_a_skipped_test_names_is_installed_by_script_test()
    {
        var listed = PackageEntry().Matches(File.ReadAllText(Checkout.At("script", "test"))).Select(entry => entry.Groups["name"].Value);
        var named = from file in Directory.EnumerateFiles(Checkout.At("tests"), "*.cs", SearchOption.AllDirectories)
                    from Match line in AptLine().Matches(File.ReadAllText(file))
                    from name in line.Groups["names"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    select name.TrimEnd('.');
        Assert.Subset(listed.ToHashSet(), named.ToHashSet());
    }

    private static string Which(string tool) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, tool)).First(File.Exists);

    [GeneratedRegex("""^    "(?<name>[a-z0-9.-]+): """, RegexOptions.Multiline)]
    private static partial Regex PackageEntry();

    [GeneratedRegex("apt-get install(?<names>( [a-z0-9][a-z0-9.-]*)+)")]
    private static partial Regex AptLine();
}

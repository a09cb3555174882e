using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Repository;

/// <summary>The scripts say what they do, and what is wrong.</summary>
public partial class ScriptTests
{
    public static TheoryData<string> Scripts => [.. new[] { "up", "test", "bench", "lab" }.Select(name => $"script/{name}")];

    [Fact]
    public async Task Shellcheck_finds_nothing()
    {
        Assert.SkipUnless(Run.Exists("shellcheck"), "shellcheck is not installed: apt-get install shellcheck");
        await using var run = await Run.ToEnd("shellcheck", ["-x", ".ci/run", .. Directory.EnumerateFiles(Checkout.At("script"))]);
        Assert.Equal("", run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory, MemberData(nameof(Scripts))]
    public async Task A_missing_SDK_is_one_line_that_says_what_to_do(string script)
    {
        // A PATH with what the scripts call, and no dotnet.
        using var folder = new TemporaryFolder();
        foreach (var tool in (string[])["bash", "dirname", "sed", "env", "basename", "paste", "id", "mkdir"])
            File.CreateSymbolicLink(folder.At(tool), Which(tool));

        // By itself it says what there is to run, which takes no SDK.
        string[] arguments = script == "script/lab" ? ["--list"] : [];
        await using var run = Run.Start(folder.At("bash"), [Checkout.At(script), .. arguments], new Dictionary<string, string?> { ["PATH"] = folder.Path });
        await run.WaitForExit();

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Matches($@"^{script}: there is no 'dotnet' on PATH; install the \.NET SDK 10\.0\.\d+ or later from https://\S+\n$", run.Errors);
    }

    [Fact]
    public async Task A_test_project_that_is_not_there_is_one_line_with_those_that_are()
    {
        await using var run = await Run.ToEnd(Checkout.At("script", "test"), "Nonsense");
        Assert.Equal(2, run.ExitCode);
        Assert.Matches(@"^script/test: there is no test project 'Nonsense'; there are: .*\bProtocol\b.*\n$", run.Errors);
    }

    [Fact]
    public async Task Tests_that_run_only_by_name_are_told_once_and_skipped_ones_with_their_reason()
    {
        // A checkout with one project, and a runner that says what the real one says of such tests.
        using var checkout = new TemporaryFolder();
        foreach (var file in (string[])["script/test", "script/common.sh", "global.json", "tests/Protocol.Tests/Causeway.Protocol.Tests.csproj"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(checkout.At(file))!);
            File.Copy(Checkout.At(file), checkout.At(file));
        }
        Directory.CreateDirectory(checkout.At("bin"));
        File.WriteAllText(checkout.At("bin/dotnet"), """
            #!/bin/bash
            [[ $1 == test ]] || exit 0
            while (($#)); do [[ $1 != --results-directory ]] || folder=$2; [[ $1 != --report-xunit-ctrf-filename ]] || name=$2; shift; done
            printf 'skipped A call\n  Not run (due to explicit test filtering)\n  from Lab.dll\nskipped Another\n  coturn is not installed\n  from Lab.dll\n'
            echo '{"summary":{"tests":5,"passed":1,"failed":0,"pending":3,"skipped":1,"other":0}}' > "$folder/$name"
            """);
        File.SetUnixFileMode(checkout.At("bin/dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        await using var run = Run.Start(checkout.At("script/test"), ["Protocol"], new Dictionary<string, string?> { ["PATH"] = $"{checkout.At("bin")}:{Environment.GetEnvironmentVariable("PATH")}" });
        await run.WaitForExit();

        Assert.DoesNotContain("explicit test filtering", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 of them are not part of a run: they run by name, with script/lab\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("skipped Another\n  coturn is not installed\n", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n1 passed, 0 failed, 1 skipped\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_package_that_a_skipped_test_asks_for_is_one_that_script_test_installs()
    {
        var listed = PackageEntry().Matches(File.ReadAllText(Checkout.At("script", "test"))).Select(entry => entry.Groups["name"].Value).ToList();
        var asked = from file in Directory.EnumerateFiles(Checkout.At("tests"), "*.cs", SearchOption.AllDirectories)
                    from Match line in AptLine().Matches(File.ReadAllText(file))
                    from name in line.Groups["names"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    select name.TrimEnd('.');
        Assert.Subset(listed.ToHashSet(), asked.ToHashSet());
    }

    private static string Which(string tool) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, tool)).First(File.Exists);

    [GeneratedRegex("""^    "(?<name>[a-z0-9.-]+): """, RegexOptions.Multiline)]
    private static partial Regex PackageEntry();

    [GeneratedRegex("apt-get install(?<names>( [a-z0-9][a-z0-9.-]*)+)")]
    private static partial Regex AptLine();
}

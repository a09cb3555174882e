namespace Causeway.Ops.Tests.Stacks;

/// <summary>A project folder, and a <c>pulumi</c> on the PATH that records its arguments and standard input.</summary>
internal sealed class PulumiRecorder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PulumiRecorder()
    {
        Directory.CreateDirectory(_folder.At("bin"));
        File.WriteAllText(_folder.At("Pulumi.yaml"), "name: causeway\n");
        File.WriteAllText(_folder.At("bin/pulumi"), $"""
            #!/bin/sh
            cd '{_folder.Path}'
            printf '%s\n' "$*" >> calls
            cat > "input.$(wc -l < calls)"
            case "$*" in
                "stack output"*) cat output ;;
                "config get"*) cat secret ;;
            esac
            if [ -e fails ]; then echo 'error: no login' >&2; exit 255; fi
            """);
        File.SetUnixFileMode(_folder.At("bin/pulumi"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Project => _folder.Path;

    public IReadOnlyList<string> Calls => File.Exists(_folder.At("calls")) ? File.ReadAllLines(_folder.At("calls")) : [];

    /// <summary>The standard input of a call by its number, from 1.</summary>
    public string Input(int call) => File.ReadAllText(_folder.At($"input.{call}"));

    public void Write(string name, string content) => File.WriteAllText(_folder.At(name), content);

    /// <summary>Runs ops with the recorder.</summary>
    public Task<Run> Ops(params string[] arguments) => RunAsync(Environment, arguments);

    /// <summary>Runs ops with the recorder and more environment variables.</summary>
    public Task<Run> OpsWith(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        RunAsync(Environment.Concat(environment).ToDictionary(), arguments);

    /// <summary>Runs ops without Pulumi on the PATH.</summary>
    public Task<Run> OpsWithoutPulumi(params string[] arguments)
    {
        var folders = System.Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Where(folder => !File.Exists(Path.Combine(folder, "pulumi")));
        return RunAsync(new() { ["PATH"] = string.Join(':', folders) }, arguments);
    }

    private async Task<Run> RunAsync(Dictionary<string, string?> environment, string[] arguments)
    {
        var run = Run.Start("dotnet", [Programs.Ops, .. arguments, "--project", Project], environment);
        await run.WaitForExit();
        return run;
    }

    /// <summary>Runs ops on a terminal, with the recorder and typed input.</summary>
    public async Task<Run> OpsOnTerminal(string typed, params string[] arguments)
    {
        var run = Run.OnTerminal("dotnet", [Programs.Ops, .. arguments, "--project", Project], Environment, typed);
        await run.WaitForExit();
        return run;
    }

    private Dictionary<string, string?> Environment => new()
    {
        ["PATH"] = $"{_folder.At("bin")}:{System.Environment.GetEnvironmentVariable("PATH")}",
        ["TERM"] = "xterm",
    };

    public void Dispose() => _folder.Dispose();
}

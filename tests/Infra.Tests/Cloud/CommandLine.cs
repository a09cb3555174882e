using Causeway.Blueprint.Formats;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>Runs <c>ops</c> in a folder with stacks' files and without Pulumi.</summary>
internal sealed class CommandLine(AwsCloud cloud) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Write(string stack, string settings) => File.WriteAllText(PathOf(stack), settings);

    /// <summary>Writes a stack's file with the plan's settings.</summary>
    public void Write(Plan plan)
    {
        var expires = plan.Settings.Expires is { } day
            ? $"  causeway:expires: \"{IsoDay.Text(day)}\" # until the fair\n"
            : "  causeway:stage: production\n";
        Write(
            plan.Settings.Stack,
            $"config:\n  causeway:region: {plan.Settings.Region}\n{expires}  causeway:rootSecret:\n    secure: v1:abc\n");
    }

    public string Read(string stack) => File.ReadAllText(PathOf(stack));

    public bool Has(string stack) => File.Exists(PathOf(stack));

    public async Task<Run> Ops(params string[] arguments)
    {
        // Longer than it ever takes on a busy machine.
        var run = Run.Start("dotnet", [Programs.Ops, .. arguments, "--project", _folder.Path, "--timeout", "300"], cloud.Environment);
        await run.WaitForExit();
        return run;
    }

    public void Dispose() => _folder.Dispose();

    private string PathOf(string stack) => _folder.At($"Pulumi.{stack}.yaml");
}

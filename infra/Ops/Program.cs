using System.CommandLine;
using Causeway.Ops;
using Causeway.Ops.Check;
using Causeway.Ops.Local;
using Causeway.Ops.Stacks;

// A script that stands for one command has its own name in what people read.
var script = Environment.GetEnvironmentVariable("CAUSEWAY_SCRIPT");
var command = script is not null ? UpCommand.Fill(new RootCommand { HelpName = script }) : new RootCommand
{
    UpCommand.Fill(new Command("up")),
    LocalCommand.Create(),
    CheckCommand.Create(),
    CredentialsCommand.Create(),
    PlanCommand.Create(),
    InitCommand.Create(TimeProvider.System),
    PublishCommand.Create(),
};
if (script is null) command.Description = "Causeway's command line: runs it on this machine, and looks after it elsewhere.";

try
{
    return await command.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
}
catch (OpsException trouble)
{
    Console.Error.WriteLine($"{script ?? "ops"}: {trouble.Message}");
    return trouble.ExitCode;
}

using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Causeway.Ops;
using Causeway.Ops.Check;
using Causeway.Ops.Lifetime;
using Causeway.Ops.Local;
using Causeway.Ops.Stacks;
using Causeway.Ops.Sweep;

// A script that runs one command is named in the help and in errors.
var script = Environment.GetEnvironmentVariable("CAUSEWAY_SCRIPT");
RootCommand command = script is not null ? UpCommand.Fill(new RootCommand { HelpName = script }) : new RootCommand
{
    UpCommand.Fill(new Command("up")),
    LocalCommand.Create(),
    CheckCommand.Create(),
    CredentialsCommand.Create(),
    PlanCommand.Create(TimeProvider.System),
    InitCommand.Create(TimeProvider.System),
    ExtendCommand.Create(TimeProvider.System),
    ListCommand.Create(TimeProvider.System),
    PublishCommand.Create(),
    SweepCommand.Create(TimeProvider.System),
};
if (script is null)
{
    command.HelpName = "ops";
    command.Description = "Runs Causeway on this machine, and operates its stacks on AWS. "
        + "Exits with 0 on success, 1 on failure, and 2 for an invalid command line or invalid settings.";
}

try
{
    var line = command.Parse(args);
    if (line.Action is ParseErrorAction) return Refuse(line);
    return await line.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
}
catch (OpsException trouble)
{
    Console.Error.WriteLine($"{script ?? "ops"}: {trouble.Message}");
    return trouble.ExitCode;
}

// Prints the error and suggestions. The whole help, which would hide both, is printed only without arguments.
static int Refuse(ParseResult line)
{
    ((ParseErrorAction)line.Action!).ShowHelp = line.Tokens.Count == 0;
    line.Invoke(new() { Output = Console.Error, Error = Console.Error });
    if (line.Tokens.Count > 0) Console.Error.WriteLine($"See {string.Join(' ', Names(line.CommandResult).Reverse())} --help");
    return OpsException.Wrong;
}

static IEnumerable<string> Names(CommandResult? result)
{
    for (; result is not null; result = result.Parent as CommandResult)
        yield return (result.Command as RootCommand)?.HelpName ?? result.Command.Name;
}

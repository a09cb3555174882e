using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Causeway.Ops;
using Causeway.Ops.Check;
using Causeway.Ops.Lifetime;
using Causeway.Ops.Local;
using Causeway.Ops.Stacks;
using Causeway.Ops.Sweep;

// A script that stands for one command has its own name in what people read.
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
    command.Description = "Causeway's command line: runs it on this machine, and looks after it elsewhere. Ends with 0 when all is well, with 1 when something failed or is not there, and with 2 when what was said, here or in settings, is wrong.";
}

try
{
    var line = command.Parse(args);
    return line.Action is ParseErrorAction ? Refuse(line) : await line.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
}
catch (OpsException trouble)
{
    Console.Error.WriteLine($"{script ?? "ops"}: {trouble.Message}");
    return trouble.ExitCode;
}

// What is wrong with the command line, and what may have been meant; the whole help, which pushes both out of sight, only for somebody who said nothing at all.
static int Refuse(ParseResult line)
{
    ((ParseErrorAction)line.Action!).ShowHelp = line.Tokens.Count == 0;
    line.Invoke(new() { Output = Console.Error, Error = Console.Error });
    if (line.Tokens.Count > 0) Console.Error.WriteLine($"{string.Join(' ', Names(line.CommandResult).Reverse())} --help shows what can be said");
    return OpsException.Wrong;
}

static IEnumerable<string> Names(CommandResult? result)
{
    for (; result is not null; result = result.Parent as CommandResult) yield return (result.Command as RootCommand)?.HelpName ?? result.Command.Name;
}

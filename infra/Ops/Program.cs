using System.CommandLine;
using Causeway.Ops;
using Causeway.Ops.Local;

var ops = new RootCommand("Causeway's command line: runs it on this machine, and looks after it elsewhere.")
{
    LocalCommand.Create(),
};
// The script that a person typed stands in the usage text, not the assembly behind it.
ops.HelpName = Environment.GetEnvironmentVariable("CAUSEWAY_OPS_NAME") ?? "ops";

try
{
    return await ops.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
}
catch (OpsException trouble)
{
    Console.Error.WriteLine($"{ops.HelpName}: {trouble.Message}");
    return trouble.ExitCode;
}

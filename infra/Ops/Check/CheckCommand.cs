using System.CommandLine;
using Spectre.Console;

namespace Causeway.Ops.Check;

/// <summary><c>ops check ADDRESS</c>: tests an environment from this machine and diagnoses failures.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var address = new Argument<string>("ADDRESS")
        {
            Description = "The environment's address, such as call.example.org or http://127.0.0.1:8080.",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table." };
        var trust = new Option<FileInfo?>("--trust") { Description = "A PEM file of certificates to trust instead of the system's." };
        var command = new Command(
            "check", "Tests an environment: DNS, certificate, WebSocket, every ICE server over each transport. Exits with 1 on failure.")
        {
            address, json, trust,
        };
        command.SetAction((line, cancellation) =>
        {
            var trusted = line.GetValue(trust) is { } file ? Trust.File(file) : Trust.System;
            return RunAsync(CheckTarget.Parse(line.GetRequiredValue(address)), trusted, line.GetValue(json), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(CheckTarget target, Trust trust, bool json, CancellationToken cancellation)
    {
        var check = new EnvironmentCheck(target, trust, TimeProvider.System);
        if (json)
        {
            await check.RunAsync(() => { }, cancellation);
            Console.WriteLine(CheckReport.Json(target, check));
            return ExitCode(check);
        }

        if (Console.IsOutputRedirected)
        {
            // A live display needs a terminal.
            await check.RunAsync(() => { }, cancellation);
            PlainConsole.Create().Write(CheckReport.Table(check.Results));
        }
        else
        {
            await AnsiConsole.Live(CheckReport.Table([])).StartAsync(live => check.RunAsync(() =>
            {
                live.UpdateTarget(CheckReport.Table(check.Results));
                live.Refresh();
            }, cancellation));
        }

        foreach (var line in CheckReport.Advice(check.Results)) Console.WriteLine(line);
        return ExitCode(check);
    }

    private static int ExitCode(EnvironmentCheck check) => check.Passed ? 0 : 1;
}

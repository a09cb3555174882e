using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Causeway.Blueprint.Local;
using Causeway.Blueprint.Ports;
using Causeway.Signalling.Names;

namespace Causeway.Ops.Local;

/// <summary><c>ops up</c>, which <c>script/up</c> runs: signalling with an embedded relay on this machine, until Ctrl-C.</summary>
internal static class UpCommand
{
    /// <summary>Adds the options and the action to a command: <c>ops up</c> or <c>script/up</c>.</summary>
    public static T Fill<T>(T command) where T : Command
    {
        var options = new LocalOptions();
        var room = new Option<string?>("--room") { Description = "The room of the printed link. Defaults to a new one." };
        var verbose = new Option<bool>("--verbose") { Description = "Print the services' logs, and not only their warnings." };
        command.Description = "Starts signalling with an embedded relay on this machine and prints the address to open.";
        foreach (var option in options.All) command.Add(option);
        command.Add(room);
        command.Add(verbose);
        command.SetAction((line, stopping) =>
        {
            var name = line.GetValue(room) ?? $"room-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
            // Signalling would reject the name only when the link is opened.
            if (!RoomName.TryRead(name, out _))
                throw new OpsException($"--room: invalid room name '{name}'; use 1 to 64 letters, digits, _ and -", OpsException.Wrong);
            return RunAsync(options.Read(line), name, line.GetValue(verbose), stopping);
        });
        return command;
    }

    private static async Task<int> RunAsync(LocalChoice choice, string room, bool verbose, CancellationToken stopping)
    {
        var files = LocalFiles.Write(choice);
        RequirePorts(files.Plan);

        // In this process, so that nothing can outlive it. It handles Ctrl-C and reports why it can't start.
        var services = Signalling.Program.Main(["--settings", files.SettingsFile, "--environment", "Development", .. verbose ? [] : Quiet]);
        var ready = Readiness.WaitAsync(files.Plan, choice.Certificate, stopping);
        if (await Task.WhenAny(services, ready) == services || stopping.IsCancellationRequested) return await services;

        await ready;
        Console.WriteLine(Announcement.Text(files.Plan, choice.Certificate, room, DateTimeOffset.UtcNow));
        return await services;
    }

    private static readonly string[] Quiet = ["--logging:logLevel:Causeway", "Warning"];

    // The services would name their settings; here the messages name the options.
    private static void RequirePorts(LocalPlan plan)
    {
        var address = IPAddress.Parse(plan.Address.Host.Trim('[', ']'));
        FreePort.Require(address, plan.Ports.Web, ProtocolType.Tcp, "--port");
        foreach (var offered in plan.Ports.Transports)
        {
            var protocol = offered.Transport == Transport.Udp ? ProtocolType.Udp : ProtocolType.Tcp;
            FreePort.Require(address, offered.Port, protocol, "--relay-port");
        }
    }
}

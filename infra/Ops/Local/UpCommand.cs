using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Causeway.Blueprint.Local;
using Causeway.Blueprint.Ports;
using Causeway.Signalling.Names;

namespace Causeway.Ops.Local;

/// <summary><c>ops up</c>, which <c>script/up</c> runs: signalling with the relay in its process, on this machine, until Ctrl-C.</summary>
internal static class UpCommand
{
    /// <summary>Gives a command its options and its action: <c>ops up</c> is one, <c>script/up</c> another.</summary>
    public static T Fill<T>(T command) where T : Command
    {
        var options = new LocalOptions();
        var room = new Option<string?>("--room") { Description = "The room of the printed link. Default: a new one each time." };
        var verbose = new Option<bool>("--verbose") { Description = "Show what the services log, not only their warnings." };
        command.Description = "Starts signalling with an embedded relay on this machine and prints what to open.";
        foreach (var option in options.All) command.Add(option);
        command.Add(room);
        command.Add(verbose);
        command.SetAction((line, stopping) =>
        {
            var name = line.GetValue(room) ?? $"room-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
            // Signalling would refuse it only to those who open the link.
            if (!RoomName.TryRead(name, out _)) throw new OpsException($"--room: '{name}' is no room; write 1 to 64 letters, digits, _ and -", OpsException.Wrong);
            return RunAsync(options.Read(line), name, line.GetValue(verbose), stopping);
        });
        return command;
    }

    private static async Task<int> RunAsync(LocalChoice choice, string room, bool verbose, CancellationToken stopping)
    {
        var files = LocalFiles.Write(choice);
        RequirePorts(files.Plan);

        // In this process, so that nothing can outlive it. It hears Ctrl-C by itself, and says by itself why it cannot start.
        var services = Signalling.Program.Main(["--settings", files.SettingsFile, "--environment", "Development", .. verbose ? [] : Quiet]);
        var ready = Readiness.WaitAsync(files.Plan, choice.Certificate, stopping);
        if (await Task.WhenAny(services, ready) == services || stopping.IsCancellationRequested) return await services;

        await ready;
        Console.WriteLine(Announcement.Text(files.Plan, choice.Certificate, room, DateTimeOffset.UtcNow));
        return await services;
    }

    private static readonly string[] Quiet = ["--logging:logLevel:Causeway", "Warning"];

    // The services would say so too, each in the words of its settings; a person here has options.
    private static void RequirePorts(LocalPlan plan)
    {
        var address = IPAddress.Parse(plan.Address.Host.Trim('[', ']'));
        FreePort.Require(address, plan.Ports.Web, ProtocolType.Tcp, "--port");
        foreach (var offered in plan.Ports.Transports)
            FreePort.Require(address, offered.Port, offered.Transport == Transport.Udp ? ProtocolType.Udp : ProtocolType.Tcp, "--relay-port");
    }
}

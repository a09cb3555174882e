using System.Security.Cryptography;
using Causeway.Blueprint.Local;
using Causeway.Lab.Machine;
using Causeway.Lab.Network;
using Microsoft.Playwright;

namespace Causeway.Lab.Reach;

/// <summary>The first step of the guide: everything on one machine, with the settings that the plan has for it.</summary>
internal static class LocalLab
{
    /// <summary>The path that both sides have to take.</summary>
    /// <param name="relayOnly">Whether media must go through the relay.</param>
    public static string DuePath(bool relayOnly) => relayOnly ? "relay-udp" : "direct";

    /// <summary>Two browsers on the machine call each other.</summary>
    /// <param name="relayOnly">Whether media must go through the relay.</param>
    public static async Task<CallResult> CallAsync(bool relayOnly)
    {
        await using var testbed = Testbed.Create("reach-local");
        using var playwright = await Playwright.CreateAsync();
        var machine = testbed.Site("home", Access.FriendlyNat).Host("machine");
        var plan = LocalPlan.Create(new() { Transports = [Blueprint.Ports.Transport.Udp] }, RandomNumberGenerator.GetBytes(32));
        var settings = Path.Combine(testbed.Scratch, "settings.json");
        await File.WriteAllTextAsync(settings, plan.SettingsJson);
        var service = machine.Start(Services.Program("signalling"), ["--settings", settings],
            new Dictionary<string, string?> { ["DOTNET_ENVIRONMENT"] = "Development" });
        await service.LineWith("Listening on", within: TimeSpan.FromSeconds(60));
        var room = new UriBuilder(plan.RoomLink("room")) { Query = relayOnly ? "relay" : "" }.Uri;
        testbed.Note($"Page: {room}, on the machine");
        var due = DuePath(relayOnly);
        return await Caller.CallAsync(
            ChromiumPerson.StartAsync(playwright, testbed, machine), ChromiumPerson.StartAsync(playwright, testbed, machine), room,
            result => result.LeftPath == due && result.RightPath == due);
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Causeway.Relay.Admin;
using Causeway.Relay.Hosting;
using Causeway.Relay.Settings;

namespace Causeway.Relay.Commands;

/// <summary>
/// The commands for a running relay, each a request to its admin interface: <c>causeway-relay sessions</c> and others. They print for a
/// reader, or with <c>--json</c> for a program.
/// </summary>
internal static class RelayCommands
{
    private const string Help = """
        causeway-relay COMMAND [--admin URL] [--token-file FILE] [--json]

        Asks a running relay through its admin interface (relay.admin, by default at http://127.0.0.1:9478):

          sessions         lists the sessions: the clients' allocations
          end ID           ends a session; its client may allocate again
          drain            refuses new allocations; existing ones continue
          undrain          accepts new allocations again
          revoke SUBJECT   ends a subject's sessions, and refuses its requests until a time (--until 2030-01-31T12:00:00Z)
                           or for a duration (--for 12:00:00)
          settings         prints the settings in use, defaults included, as JSON without secrets
          reload           reads the settings again, as SIGHUP does; applies all changes or none

        --token-file names a file whose first line is a token of relay.adminTokenFile. The exit code is 0 on success,
        1 for a refusal or a mistake, 2 when no relay answers.
        """;

    /// <summary>The commands by name.</summary>
    internal static IReadOnlyDictionary<string, Func<AdminConnection, CommandArguments, Task>> All { get; } =
        new Dictionary<string, Func<AdminConnection, CommandArguments, Task>>
        {
            ["sessions"] = SessionsAsync,
            ["end"] = EndAsync,
            ["drain"] = DrainAsync,
            ["undrain"] = DrainAsync,
            ["revoke"] = RevokeAsync,
            ["settings"] = SettingsAsync,
            ["reload"] = ReloadAsync,
        };

    /// <summary>Runs a command.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Any(arg => arg is "--help" or "-h" or "-?"))
        {
            Console.WriteLine(Help);
            return RelayExit.Success;
        }

        try
        {
            var arguments = CommandArguments.Read(args);
            using var relay = new AdminConnection(arguments.Admin, arguments.TokenFile);
            await All[arguments.Command](relay, arguments);
            return RelayExit.Success;
        }
        catch (CommandException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return failure.ExitCode;
        }
    }

    private static async Task SessionsAsync(AdminConnection relay, CommandArguments arguments)
    {
        var sessions = new List<Session>();
        for (var query = $"?limit={SessionRoutes.MaxLimit}"; query is not null;)
        {
            var page = await relay.SendAsync<SessionList>(HttpMethod.Get, $"/v1/sessions{query}");
            sessions.AddRange(page.Sessions);
            query = page.Next is { } next ? $"?limit={SessionRoutes.MaxLimit}&cursor={Uri.EscapeDataString(next)}" : null;
        }

        if (arguments.IsJson) Write(new SessionList { Sessions = sessions });
        else Console.Write(SessionTable.Render(sessions));
    }

    private static async Task EndAsync(AdminConnection relay, CommandArguments arguments)
    {
        var session = arguments.Operand;
        await relay.SendAsync(HttpMethod.Delete, $"/v1/sessions/{Uri.EscapeDataString(session)}");
        if (arguments.IsJson) Write(new JsonObject { ["ended"] = session });
        else Console.WriteLine($"Ended session {session}.");
    }

    private static async Task DrainAsync(AdminConnection relay, CommandArguments arguments)
    {
        var state = await relay.SendAsync<DrainState>(HttpMethod.Post, $"/v1/{arguments.Command}");
        if (arguments.IsJson) Write(state);
        else if (state.Draining) Console.WriteLine($"Draining: new allocations are refused, {state.Allocations} continue.");
        else Console.WriteLine("Not draining: new allocations are accepted.");
    }

    private static async Task RevokeAsync(AdminConnection relay, CommandArguments arguments)
    {
        var request = new RevocationRequest(arguments.Operand, arguments.Until);
        var done = await relay.SendAsync<RevocationResult>(HttpMethod.Post, "/v1/revocations", request);
        if (arguments.IsJson) Write(done);
        else
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Revoked until {arguments.Until:u}; sessions that ended: {done.Ended}."));
    }

    private static async Task SettingsAsync(AdminConnection relay, CommandArguments arguments) =>
        Write(await relay.SendAsync<JsonObject>(HttpMethod.Get, "/v1/settings"));

    private static async Task ReloadAsync(AdminConnection relay, CommandArguments arguments)
    {
        var done = await relay.SendAsync<ReloadResult>(HttpMethod.Post, "/v1/reload");
        if (arguments.IsJson)
        {
            Write(done);
            return;
        }

        Console.WriteLine($"Changed: {(done.Changed.Count > 0 ? string.Join(", ", done.Changed) : "nothing")}.");
        if (done.NeedsRestart.Count > 0) Console.WriteLine($"Needs a restart: {string.Join(", ", done.NeedsRestart)}.");
    }

    private static void Write<T>(T value) => Console.WriteLine(JsonSerializer.Serialize(value, EffectiveSettings.Readable));
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using Causeway.Lab.Machine;

namespace Causeway.Lab.Reach;

/// <summary>
/// Collects what calls came to and writes <c>docs/reach.md</c>, once every pair was tried in every step. Results are kept in the file that
/// <c>CAUSEWAY_REACH_RESULTS</c> names: a call that was tried again replaces what it came to before.
/// </summary>
internal sealed class ReachReport
{
    private readonly string? _file = Environment.GetEnvironmentVariable("CAUSEWAY_REACH_RESULTS");
    private readonly SortedDictionary<string, CallResult> _results;

    public ReachReport() => _results = _file is not null && File.Exists(_file)
        ? JsonSerializer.Deserialize<SortedDictionary<string, CallResult>>(File.ReadAllText(_file))!
        : [];

    /// <summary>Adds a call on one machine.</summary>
    public void AddLocal(bool relayOnly, CallResult result) => Add(LocalKey(relayOnly), result);

    /// <summary>Adds a call between two networks.</summary>
    public void Add(Step step, Pair pair, CallResult result) => Add(Key(step, pair), result);

    /// <summary>Writes the document, unless something was not tried yet.</summary>
    public void WriteWhenComplete()
    {
        var due = Pair.All.SelectMany(pair => Enum.GetValues<Step>().Select(step => Key(step, pair))).Append(LocalKey(false)).Append(LocalKey(true));
        if (due.All(_results.ContainsKey)) File.WriteAllText(Path.Combine(Repository.Root, "docs", "reach.md"), Render());
    }

    private static string LocalKey(bool relayOnly) => relayOnly ? "Local: relay only" : "Local: any path";

    private static string Key(Step step, Pair pair) => $"{step}: {pair}";

    private void Add(string key, CallResult result)
    {
        _results[key] = result;
        if (_file is not null) File.WriteAllText(_file, JsonSerializer.Serialize(_results));
    }

    private string Render()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Reach

            Does a call get through? Two real browsers on the product's own page, its own signalling and its own relay, in networks that are
            made on one machine: with real NATs, firewalls and name servers, and the settings that the plan renders for an instance. Each call
            has to show video both ways, pass a chat message each way and a file of 300 kB; the path that it takes is checked against the one that is due.

            This file is written by `script/lab reach`; it was last written on {DateTime.UtcNow:yyyy-MM-dd}.
            "First frame" runs from the second person's joining until both see each other; "frames" is what the side that saw fewer decoded in three seconds (the
            made-up camera gives 20 a second).

            The networks: *friendly NAT* is a home router, which keeps one outer port for each socket; *symmetric NAT* takes a new one for each
            peer, as offices and mobile networks do; *double NAT* is a home router behind a carrier's NAT. All of them drop what nobody asked for.

            ## 1. Local: everything on one machine


            """);
        Table(text, [("one machine", _results[LocalKey(false)]), ("one machine, relay only (`?relay`)", _results[LocalKey(true)])]);
        Section(text, Step.StunOnly, "2. Cloud: signalling and STUN", """
            With STUN alone each browser learns its public address. That is enough where both NATs are friendly, and where both sides have IPv6. Pairs
            without a direct path fail here, as they must: they are what the third step is for.
            """);
        Section(text, Step.Relay, "3. Everywhere: with the relay", """
            The relay takes what finds no direct path: over UDP, over TCP where UDP is blocked, over TLS on port 443 where nothing else is open; and between IPv6 and IPv4.
            """);
        return text.ToString();
    }

    private void Section(StringBuilder text, Step step, string title, string introduction)
    {
        var calls = Pair.All.Select(pair => (Name: pair.ToString(), Result: _results[Key(step, pair)])).ToList();
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n{introduction}\n\n{calls.Count(call => call.Result.IsConnected)} of {calls.Count} connect.\n\n");
        Table(text, calls);
    }

    private static void Table(StringBuilder text, IEnumerable<(string Name, CallResult Result)> calls)
    {
        text.Append("| networks | path | first frame | frames in 3 s | chat, file |\n|---|---|---:|---:|---|\n");
        foreach (var (name, result) in calls)
        {
            if (result.IsConnected) text.Append(CultureInfo.InvariantCulture, $"| {name} | {result.Path} | {result.FirstFrame.TotalSeconds:F1} s | {result.Frames} | arrived |\n");
            else text.Append(CultureInfo.InvariantCulture, $"| {name} | **{result.Path}** | | | |\n");
        }
    }
}

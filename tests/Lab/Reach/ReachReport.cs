using System.Diagnostics;
using System.Globalization;
using System.Text;
using Causeway.Lab.Machine;

namespace Causeway.Lab.Reach;

/// <summary>Collects what calls came to and writes <c>docs/reach.md</c>, once every pair was tried in every step.</summary>
internal sealed class ReachReport
{
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly SortedDictionary<string, CallResult> _local = new(StringComparer.Ordinal);
    private readonly Dictionary<(Step, Pair), CallResult> _results = [];

    /// <summary>Adds a call on one machine.</summary>
    public void Local(string what, CallResult result) => _local[what] = result;

    /// <summary>Adds a call between two networks.</summary>
    public void Add(Step step, Pair pair, CallResult result) => _results[(step, pair)] = result;

    /// <summary>Writes the document, unless only a part was run.</summary>
    public void WriteWhenComplete()
    {
        if (_local.Count < 2 || Enum.GetValues<Step>().Any(step => Pair.All.Any(pair => !_results.ContainsKey((step, pair))))) return;
        File.WriteAllText(Path.Combine(Repository.Root, "docs", "reach.md"), Render());
    }

    private string Render()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Reach

            Does a call get through? Two real browsers on the product's own page, its own signalling and its own relay, in networks that are
            made on one machine: with real NATs, firewalls and name servers, and the settings that the plan renders for an instance. Each call
            has to show video both ways, pass a chat message each way and a file of 300 kB; the path that it takes is checked against the one that is due.

            This file is written by `script/lab reach`; it was last written on {DateTime.UtcNow:yyyy-MM-dd}, by a run that took {_time.Elapsed.TotalMinutes:F0} minutes.
            "First frame" runs from the second person's joining until both see each other; "frames" is what the side that saw fewer decoded in three seconds (the
            made-up camera gives 20 a second).

            The networks: *friendly NAT* is a home router, which keeps one outer port for each socket; *symmetric NAT* takes a new one for each
            peer, as offices and mobile networks do; *double NAT* is a home router behind a carrier's NAT. All of them drop what nobody asked for.

            ## 1. Local: everything on one machine


            """);
        Table(text, _local.Select(row => (row.Key, row.Value)));
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
        var calls = Pair.All.Select(pair => (Name: pair.ToString(), Result: _results[(step, pair)])).ToList();
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

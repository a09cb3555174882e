using System.Globalization;
using System.Text;
using System.Text.Json;
using Causeway.Lab.Machine;

namespace Causeway.Lab.Reach;

/// <summary>
/// Collects what calls came to and writes <c>docs/reach.md</c>, once every pair was tried in every step. Results are kept in the file that
/// <c>CAUSEWAY_REACH_RESULTS</c> names: a call that was tried again replaces what it came to before. How long the set takes is told of a
/// run that made all of it.
/// </summary>
internal sealed class ReachReport
{
    private readonly string? _file;
    private readonly TimeProvider _clock;
    private readonly long _begun;
    private readonly SortedDictionary<string, CallResult> _results;
    private readonly HashSet<string> _ofThisRun = [];

    /// <summary>Begins, or takes up what an earlier run found.</summary>
    /// <param name="file">The file of results; null when nothing is kept.</param>
    /// <param name="clock">What the run is timed by, from now on.</param>
    public ReachReport(string? file, TimeProvider clock)
    {
        (_file, _clock, _begun) = (file, clock, clock.GetTimestamp());
        _results = file is not null && File.Exists(file)
            ? JsonSerializer.Deserialize<SortedDictionary<string, CallResult>>(File.ReadAllText(file))!
            : [];
    }

    /// <summary>Adds a call on one machine.</summary>
    public void AddLocal(bool relayOnly, CallResult result) => Add(LocalKey(relayOnly), result);

    /// <summary>Adds a call between two networks.</summary>
    public void Add(Step step, Pair pair, CallResult result) => Add(Key(step, pair), result);

    /// <summary>Adds a call, with the relay, of one with Chromium to one with Firefox.</summary>
    public void AddFirefox(Pair pair, CallResult result) => Add(FirefoxKey(pair), result);

    /// <summary>Writes <c>docs/reach.md</c>, unless something was not tried yet.</summary>
    public void WriteWhenComplete()
    {
        if (Document() is { } text) File.WriteAllText(Checkout.At("docs", "reach.md"), text);
    }

    /// <summary>The document; null while something was not tried yet.</summary>
    public string? Document() => Due.All(_results.ContainsKey) ? Render() : null;

    private static IEnumerable<string> Due =>
        [LocalKey(false), LocalKey(true), .. Pair.All.SelectMany(pair => Enum.GetValues<Step>().Select(step => Key(step, pair))),
            .. FirefoxPerson.Pairs.Select(FirefoxKey)];

    private static string LocalKey(bool relayOnly) => relayOnly ? "Local: relay only" : "Local: any path";

    private static string Key(Step step, Pair pair) => $"{step}: {pair}";

    private static string FirefoxKey(Pair pair) => $"{Step.Relay}: {pair}, Firefox";

    private void Add(string key, CallResult result)
    {
        _results[key] = result;
        _ofThisRun.Add(key);
        if (_file is not null) File.WriteAllText(_file, JsonSerializer.Serialize(_results));
    }

    private string Render()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Reach

            Does a call get through? Two real browsers use the product's page, signalling and relay, in networks on one machine: with real
            NATs, firewalls and name servers, and the settings that the plan renders for an instance. Each call must show video both ways
            and pass a chat message each way and a file of 300 kB. The path that it takes is compared with the expected one.

            `script/lab reach` writes this file, with the programs of a deployment. Last written on {_clock.GetUtcNow():yyyy-MM-dd}.
            {Time()}
            Each run of `script/test` includes six of the pairs, and Firefox, with debug builds.

            "First frame" is the time from the second person's joining until both see each other. "Frames" is the lower count of the two
            sides in three seconds (the fake camera produces 20 per second).

            The networks: *friendly NAT* is a home router, which keeps one outer port for each socket; *symmetric NAT* uses a new one for
            each peer, as in offices and mobile networks; *double NAT* is a home router behind a carrier's NAT. All of them drop unsolicited
            packets.

            ## 1. Local: everything on one machine


            """);
        Table(text, [("one machine", _results[LocalKey(false)]), ("one machine, relay only (`?relay`)", _results[LocalKey(true)])]);
        Section(text, Step.StunOnly, "2. Cloud: signalling and STUN", """
            With STUN alone each browser learns its public address. That is enough where both NATs are friendly, and where both sides have
            IPv6. Pairs without a direct path fail here, as expected: they need the third step.
            """);
        Section(text, Step.Relay, "3. Everywhere: with the relay", """
            The relay carries calls without a direct path: over UDP, over TCP where UDP is blocked, over TLS on port 443 where nothing else
            is open, and between IPv6 and IPv4. In the last rows the second person uses Firefox; all others use Chromium.
            """, FirefoxPerson.Pairs.Select(pair => ($"{pair}, Firefox", _results[FirefoxKey(pair)])));
        return text.ToString();
    }

    private string Time() => Due.All(_ofThisRun.Contains)
        ? $"The {_results.Count} calls took {Duration.InWords(_clock.GetElapsedTime(_begun))}, including their networks, deployments and "
            + $"browsers, on {Environment.ProcessorCount} cores."
        : $"The {_results.Count} calls were made in several runs, so their total time was not measured.";

    private void Section(
        StringBuilder text, Step step, string title, string introduction, params IEnumerable<(string Name, CallResult Result)> more)
    {
        List<(string Name, CallResult Result)> calls = [.. Pair.All.Select(pair => (pair.ToString(), _results[Key(step, pair)])), .. more];
        text.Append(CultureInfo.InvariantCulture,
            $"\n## {title}\n\n{introduction}\n\n{calls.Count(call => call.Result.IsConnected)} of {calls.Count} connect.\n\n");
        Table(text, calls);
    }

    private static void Table(StringBuilder text, IEnumerable<(string Name, CallResult Result)> calls)
    {
        text.Append("| networks | path | first frame | frames in 3 s | chat, file |\n|---|---|---:|---:|---|\n");
        foreach (var (name, result) in calls)
        {
            if (result.IsConnected)
                text.Append(CultureInfo.InvariantCulture,
                    $"| {name} | {result.Path} | {result.FirstFrame.TotalSeconds:F1} s | {result.Frames} | arrived |\n");
            else text.Append(CultureInfo.InvariantCulture, $"| {name} | **{result.Path}** | | | |\n");
        }
    }
}

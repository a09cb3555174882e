using System.Globalization;
using Causeway.Turn.Client;
using Causeway.Turn.Fleet;
using Causeway.Turn.Options;

namespace Causeway.Relay.Settings;

/// <summary>Turns the options of heartbeats into parsed values, or into every mistake that is in them.</summary>
internal static class HeartbeatSettings
{
    private const int MaxHosts = 16;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public static HeartbeatConfiguration? Parse(RelayHeartbeatOptions options, ICollection<string> mistakes)
    {
        if (options.Urls.Count == 0) return null;

        var hosts = Hosts(options.Urls, mistakes);
        IReadOnlyList<string> keys = [];
        if (string.IsNullOrEmpty(options.KeysFile)) mistakes.Add("relay.heartbeat.keysFile: is missing, and relay.heartbeat.urls has somebody to tell; name the file with the heartbeat key");
        else keys = FleetKeys.Load("relay.heartbeat.keysFile", options.KeysFile, mistakes);

        var id = options.Id ?? Environment.MachineName;
        if (!Heartbeat.IsName(id)) mistakes.Add($"relay.heartbeat.id: '{id}' is no name; write 1 to 64 of A-Z a-z 0-9 . _ -");
        if (options.Generation.Length > 0 && !Heartbeat.IsName(options.Generation)) mistakes.Add($"relay.heartbeat.generation: '{options.Generation}' is no name; write 1 to 64 of A-Z a-z 0-9 . _ -");
        CheckUrls("stunUrls", options.StunUrls, IceUrl.IsStun, "STUN URL; write stun:relay.example.org:3478", mistakes);
        CheckUrls("turnUrls", options.TurnUrls, IceUrl.IsTurn, "TURN URL; write turn:relay.example.org:3478?transport=udp", mistakes);
        if (options.TurnUrls.Count == 0) mistakes.Add("relay.heartbeat.turnUrls: is empty; write the URLs by which browsers reach this relay, as turn:relay.example.org:3478?transport=udp");
        if (options.Interval < Shortest || options.Interval > Longest) mistakes.Add($"relay.heartbeat.interval: {options.Interval} is not between {Shortest} and {Longest}");
        return new(hosts, keys.Count > 0 ? keys[0] : "", id, options.Generation, options.StunUrls, options.TurnUrls, options.Interval);
    }

    private static List<Uri> Hosts(IReadOnlyList<string> urls, ICollection<string> mistakes)
    {
        if (urls.Count > MaxHosts) mistakes.Add(Text($"relay.heartbeat.urls: has {urls.Count} entries; {MaxHosts} at most"));
        var hosts = new List<Uri>();
        for (var i = 0; i < urls.Count; i++)
        {
            if (!Uri.TryCreate(urls[i], UriKind.Absolute, out var host) || host.Scheme is not ("http" or "https") || host.PathAndQuery != "/")
                mistakes.Add(Text($"relay.heartbeat.urls[{i}]: '{urls[i]}' is no address of signalling; write https://call.example.org, without a path"));
            // Signed all the same, but who listens would learn the fleet's state, and who was revoked.
            else if (host.Scheme == "http" && !host.IsLoopback)
                mistakes.Add(Text($"relay.heartbeat.urls[{i}]: {urls[i]} goes over a network in clear; write https, or a loopback address"));
            else
                hosts.Add(host);
        }

        return hosts;
    }

    private static void CheckUrls(string name, IReadOnlyList<string> urls, Func<string, bool> isRight, string mend, ICollection<string> mistakes)
    {
        if (urls.Count > Heartbeat.MaxUrls) mistakes.Add(Text($"relay.heartbeat.{name}: has {urls.Count} entries; {Heartbeat.MaxUrls} at most"));
        for (var i = 0; i < urls.Count; i++)
        {
            if (!isRight(urls[i])) mistakes.Add(Text($"relay.heartbeat.{name}[{i}]: '{urls[i]}' is no {mend}"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

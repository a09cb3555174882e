using Causeway.Turn.Client;
using Causeway.Turn.Fleet;
using Causeway.Turn.Options;
using static System.FormattableString;

namespace Causeway.Relay.Settings;

/// <summary>Parses the options of heartbeats, and reports every mistake.</summary>
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
        if (string.IsNullOrEmpty(options.KeysFile))
            mistakes.Add("relay.heartbeat.keysFile: is missing, but relay.heartbeat.urls is set; name the file with the heartbeat keys");
        else
            keys = FleetKeys.Load("relay.heartbeat.keysFile", options.KeysFile, mistakes);

        var id = options.Id ?? Environment.MachineName;
        CheckName("id", id, mistakes);
        if (options.Generation.Length > 0) CheckName("generation", options.Generation, mistakes);
        CheckUrls("stunUrls", options.StunUrls, IceUrl.IsStun, "a STUN URL; write stun:relay.example.org:3478", mistakes);
        CheckUrls("turnUrls", options.TurnUrls, IceUrl.IsTurn, "a TURN URL; write turn:relay.example.org:3478?transport=udp", mistakes);
        if (options.TurnUrls.Count == 0)
            mistakes.Add(
                "relay.heartbeat.turnUrls: is empty; add this relay's URLs for browsers, as turn:relay.example.org:3478?transport=udp");
        if (options.Interval < Shortest || options.Interval > Longest)
            mistakes.Add($"relay.heartbeat.interval: {options.Interval} is out of range; write {Shortest} to {Longest}");
        return new(hosts, keys.Count > 0 ? keys[0] : "", id, options.Generation, options.StunUrls, options.TurnUrls, options.Interval);
    }

    private static void CheckName(string setting, string name, ICollection<string> mistakes)
    {
        if (!Heartbeat.IsName(name)) mistakes.Add($"relay.heartbeat.{setting}: '{name}' is not a name; write 1 to 64 of A-Z a-z 0-9 . _ -");
    }

    private static List<Uri> Hosts(IReadOnlyList<string> urls, ICollection<string> mistakes)
    {
        if (urls.Count > MaxHosts) mistakes.Add(Invariant($"relay.heartbeat.urls: has {urls.Count} entries; write at most {MaxHosts}"));
        var hosts = new List<Uri>();
        for (var i = 0; i < urls.Count; i++)
        {
            var key = Invariant($"relay.heartbeat.urls[{i}]");
            var isUri = Uri.TryCreate(urls[i], UriKind.Absolute, out var host);
            if (!isUri || host!.Scheme is not ("http" or "https") || host.PathAndQuery != "/")
                mistakes.Add(Invariant($"{key}: '{urls[i]}' is not a URL of signalling; write https://call.example.org, without a path"));
            // Signed nevertheless, but an eavesdropper would learn the fleet's state and the revoked subjects.
            else if (host.Scheme == "http" && !host.IsLoopback)
                mistakes.Add(Invariant($"{key}: {urls[i]} crosses a network without TLS; write https, or a loopback address"));
            else
                hosts.Add(host);
        }

        return hosts;
    }

    private static void CheckUrls(
        string name, IReadOnlyList<string> urls, Func<string, bool> isUrl, string expected, ICollection<string> mistakes)
    {
        if (urls.Count > Heartbeat.MaxUrls)
            mistakes.Add(Invariant($"relay.heartbeat.{name}: has {urls.Count} entries; write at most {Heartbeat.MaxUrls}"));
        for (var i = 0; i < urls.Count; i++)
        {
            if (!isUrl(urls[i])) mistakes.Add(Invariant($"relay.heartbeat.{name}[{i}]: '{urls[i]}' is not {expected}"));
        }
    }
}

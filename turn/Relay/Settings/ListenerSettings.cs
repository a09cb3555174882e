using Causeway.Turn.Engines;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using static System.FormattableString;

namespace Causeway.Relay.Settings;

/// <summary>Parses the options of listeners, and reports every mistake.</summary>
internal static class ListenerSettings
{
    /// <summary>Whether a listener needs a certificate.</summary>
    public static bool IsTls(RelayListenerOptions option) => Serves(option, ClientTransport.Tls);

    /// <summary>Whether a listener is one of datagrams.</summary>
    public static bool IsUdp(RelayListenerOptions option) => Serves(option, ClientTransport.Udp);

    public static List<Listener> Parse(IReadOnlyList<RelayListenerOptions> options, ICollection<string> mistakes)
    {
        if (options.Count == 0)
            mistakes.Add("""relay.listeners: is empty; add one, such as { "transport": "udp", "address": "0.0.0.0", "port": 3478 }""");

        var listeners = new List<(int Index, Listener Listener)>();
        for (var i = 0; i < options.Count; i++)
        {
            if (Parse(Key(i), options[i], mistakes) is not { } listener) continue;
            CheckPort(i, listener, listeners, mistakes);
            listeners.Add((i, listener));
        }

        return [.. listeners.Select(parsed => parsed.Listener)];
    }

    private static Listener? Parse(string key, RelayListenerOptions option, ICollection<string> mistakes)
    {
        var isTransport = TryReadTransport(option.Transport, out var transport, out var acceptsPlain);
        var isPort = option.Port is >= 0 and <= ushort.MaxValue;
        if (!isTransport) mistakes.Add($"{key}.transport: {option.Transport} is not a transport; write udp, tcp, tls or tcp+tls");
        if (!isPort) mistakes.Add(Invariant($"{key}.port: {option.Port} is not a port; write 1 to 65535, or 0 to let the system choose"));
        if (!IpAddress.TryParse(option.Address, out var address))
        {
            mistakes.Add($"{key}.address: {option.Address} is not an IP address; write one of this host, or 0.0.0.0 or :: for all");
            return null;
        }

        var proxies = ParseProxies($"{key}.proxies", option.Proxies, mistakes);
        if (!isTransport || !isPort) return null;

        if (transport == ClientTransport.Udp && option.Proxies.Count > 0)
            mistakes.Add($"{key}.proxies: is set for udp, where the PROXY protocol isn't read; remove it, or use tcp, tls or tcp+tls");
        return new Listener(transport, new(address, (ushort)option.Port)) { AcceptsPlain = acceptsPlain, Proxies = proxies };
    }

    private static List<IpPrefix> ParseProxies(string key, IReadOnlyList<string> options, ICollection<string> mistakes)
    {
        var proxies = RelayOptionsValidator.ParsePrefixes(key, options, mistakes);
        // Every client could then claim any address, and so escape every limit of one address.
        foreach (var everyone in proxies.Where(prefix => prefix.Length == 0))
            mistakes.Add($"{key}: {everyone} trusts everyone to name a client's address; write the addresses of your proxies");
        return proxies;
    }

    // UDP has ports of its own; TCP and TLS share theirs.
    private static void CheckPort(int index, Listener listener, List<(int Index, Listener Listener)> others, ICollection<string> mistakes)
    {
        if (listener.Address.Port == 0) return;
        var isUdp = listener.Transport == ClientTransport.Udp;
        foreach (var (at, other) in others)
        {
            if (other.Address != listener.Address || (other.Transport == ClientTransport.Udp) != isUdp) continue;
            mistakes.Add(
                other.Name == listener.Name
                    ? $"{Key(index)}: {listener.Name} {listener.Address} is listed twice; remove one"
                    : $"{Key(index)}: {listener.Name} {listener.Address} has the port of {Key(at)}, {other.Name}; "
                        + "use another port, or one listener of tcp+tls for both");
            return;
        }
    }

    private static bool Serves(RelayListenerOptions option, ClientTransport transport) =>
        TryReadTransport(option.Transport, out var named, out _) && named == transport;

    private static bool TryReadTransport(string name, out ClientTransport transport, out bool acceptsPlain)
    {
        acceptsPlain = name.Equals(Listener.TcpAndTls, StringComparison.OrdinalIgnoreCase);
        transport = ClientTransport.Tls;
        return acceptsPlain || TransportNames.TryParse(name, out transport);
    }

    private static string Key(int index) => Invariant($"relay.listeners[{index}]");
}

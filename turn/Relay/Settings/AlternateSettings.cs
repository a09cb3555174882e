using Causeway.Turn.Engines;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using static System.FormattableString;

namespace Causeway.Relay.Settings;

/// <summary>Parses the options of alternate servers, and reports every mistake.</summary>
internal static class AlternateSettings
{
    public static IReadOnlyList<AlternateServer> Parse(
        IReadOnlyList<RelayAlternateOptions> options,
        IReadOnlyList<Listener> listeners,
        IReadOnlyList<RelayAddress> addresses,
        ICollection<string> mistakes)
    {
        if (options.Count > AlternateServer.Max)
        {
            mistakes.Add(Invariant($"relay.alternates: has {options.Count} servers; write at most {AlternateServer.Max}"));
            return [];
        }

        var alternates = new List<AlternateServer>();
        for (var i = 0; i < options.Count; i++)
        {
            var key = Invariant($"relay.alternates[{i}]");
            if (Parse(key, options[i], mistakes) is not { } alternate) continue;

            if (IsOwn(alternate, listeners, addresses))
                mistakes.Add($"{key}: {alternate.Address} is this relay's own; write another relay, or clients go round in a circle");
            else if (alternates.Contains(alternate)) mistakes.Add($"{key}: {alternate.Address} is listed twice; remove one");
            else alternates.Add(alternate);
        }

        return alternates;
    }

    private static AlternateServer? Parse(string key, RelayAlternateOptions option, ICollection<string> mistakes)
    {
        var before = mistakes.Count;
        if (!TransportNames.TryParse(option.Transport, out var transport))
            mistakes.Add($"{key}.transport: {option.Transport} is not a transport; write udp, tcp or tls");
        if (!IpAddress.TryParse(option.Address, out var address) || address.Bits == 0)
            mistakes.Add($"{key}.address: '{option.Address}' is not the address of a server; write an IP address, as 192.0.2.1");
        if (option.Port is < 1 or > ushort.MaxValue) mistakes.Add(Invariant($"{key}.port: {option.Port} is not a port; write 1 to 65535"));
        if (option.Domain is { } domain)
        {
            if (transport != ClientTransport.Tls)
                mistakes.Add($"{key}.domain: is set for {option.Transport}, which has no certificate; remove it, or write tls");
            else if (Uri.CheckHostName(domain) != UriHostNameType.Dns)
                mistakes.Add($"{key}.domain: '{domain}' is not a name; write that of the server's certificate, as relay2.example.org");
        }

        return mistakes.Count > before ? null : new(transport, new(address, (ushort)option.Port), option.Domain);
    }

    private static bool IsOwn(AlternateServer alternate, IReadOnlyList<Listener> listeners, IReadOnlyList<RelayAddress> addresses)
    {
        var own = addresses.SelectMany(address => new[] { address.Local, address.Public }).ToList();
        return listeners.Any(listener =>
            listener.Address.Port == alternate.Address.Port
            && (listener.Transport == ClientTransport.Udp) == (alternate.Transport == ClientTransport.Udp)
            && (listener.Address.Ip == alternate.Address.Ip || own.Contains(alternate.Address.Ip)));
    }
}

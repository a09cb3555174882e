using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Settings;

/// <summary>The names of transports in settings.</summary>
internal static class TransportNames
{
    private static readonly Dictionary<string, ClientTransport> ByName =
        Enum.GetValues<ClientTransport>().ToDictionary(transport => transport.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Finds a transport by its name, <c>udp</c>, <c>tcp</c> or <c>tls</c>, in upper or lower case.</summary>
    public static bool TryParse(string name, out ClientTransport transport) => ByName.TryGetValue(name, out transport);
}

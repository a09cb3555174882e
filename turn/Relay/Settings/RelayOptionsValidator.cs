using System.Globalization;
using System.Runtime.CompilerServices;
using Causeway.Relay.Certificates;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Settings;

/// <summary>Parses the options, and reports every mistake.</summary>
public static class RelayOptionsValidator
{
    // It protects the whole relay, and the owner of a single credential can try keys offline.
    private const int MinSecretLength = 16;
    private const int MaxRealmLength = 127;

    // RFC 8656 §7.2: none of the well-known ports, so that no standard service runs through the relay.
    private const int FirstUserPort = 1024;
    private const int MaxShards = 256;
    private const int MinSendBuffer = 64 * 1024;
    private const int MinTotalSendBuffer = 1024 * 1024;
    private const int MinSocketSendBuffer = 16 * 1024;
    private const int MinSocketBuffer = 4 * 1024;
    private const int MaxSocketBuffer = 256 * 1024 * 1024;

    // Four shards saturate portable sockets in one process; more only spread the same load.
    private const int DefaultMaxShards = 4;

    /// <summary>Returns every mistake in the options as a line; none if they are valid. Reads their files.</summary>
    public static IReadOnlyList<string> Validate(RelayOptions options)
    {
        var mistakes = new List<string>();
        Parse(options, mistakes);
        return mistakes;
    }

    internal static RelayConfiguration Parse(RelayOptions options, ICollection<string> mistakes)
    {
        if (options.Realm.Length is 0 or > MaxRealmLength)
            mistakes.Add(Text($"relay.realm: has {options.Realm.Length} characters; write 1 to {MaxRealmLength}"));

        var (first, last) = ParsePorts(options.Ports, options.Listeners, mistakes);
        var configuration = new RelayConfiguration
        {
            Realm = options.Realm,
            Listeners = ListenerSettings.Parse(options.Listeners, mistakes),
            Addresses = ParseAddresses(options.Addresses, mistakes),
            FirstPort = first,
            LastPort = last,
            Secrets = RelaySecrets.Load(options, MinSecretLength, mistakes),
            Users = RelayUsers.Load(options, mistakes),
            HideUsernames = options.HideUsernames,
            Certificate = LoadCertificate(options, mistakes),
            Streams = options.Streams,
            AllowPeers = ParsePrefixes("relay.allowPeers", options.AllowPeers, mistakes),
            DenyPeers = ParsePrefixes("relay.denyPeers", options.DenyPeers, mistakes),
            AllowHostPeers = options.AllowHostPeers,
            TcpAllocations = options.TcpAllocations,
            Buffers = options.Buffers,
            Quotas = options.Quotas,
            Lifetimes = options.Lifetimes,
            CredentialGraceSeconds = (int)Math.Clamp(options.CredentialGrace.TotalSeconds, 0, int.MaxValue),
            Engine = FindEngine(options.Engine, mistakes),
            Shards = options.Shards == 0 ? Math.Clamp(Environment.ProcessorCount, 1, DefaultMaxShards) : options.Shards,
            Admin = null,
            AdminTokens = [],
            DrainDeadline = options.DrainDeadline,
        };

        foreach (var quota in typeof(RelayQuotaOptions).GetProperties())
        {
            var key = $"relay.quotas.{SettingsReader.CamelCase(quota.Name)}";
            CheckPositive(key, (int)quota.GetValue(options.Quotas)!, mistakes);
        }

        LifetimeRules.Check(options.Lifetimes, mistakes);
        if (options.TcpAllocations && options.Listeners.Count > 0 && options.Listeners.All(ListenerSettings.IsUdp))
        {
            mistakes.Add(
                "relay.tcpAllocations: only clients over TCP and TLS may use them (RFC 6062), and relay.listeners has neither; "
                + "add a listener of tcp or tls, or write false");
        }

        CheckBuffer("relay.buffers.listenerBytes", options.Buffers.ListenerBytes, mistakes);
        CheckBuffer("relay.buffers.relayBytes", options.Buffers.RelayBytes, mistakes);
        CheckPositive("relay.streams.connections", options.Streams.Connections, mistakes);
        CheckPositive("relay.streams.connectionsPerAddress", options.Streams.ConnectionsPerAddress, mistakes);
        CheckPositive("relay.streams.handshakeTimeout", options.Streams.HandshakeTimeout, mistakes);
        CheckPositive("relay.streams.allocationTimeout", options.Streams.AllocationTimeout, mistakes);
        CheckPositive("relay.streams.sendTimeout", options.Streams.SendTimeout, mistakes);
        var streams = options.Streams;
        if (streams.SendBufferBytes < MinSendBuffer)
        {
            mistakes.Add(Text(
                $"relay.streams.sendBufferBytes: {streams.SendBufferBytes} is less than one message; write {MinSendBuffer} or more"));
        }

        CheckPositive("relay.streams.maxQueueDelay", options.Streams.MaxQueueDelay, mistakes);
        CheckPositive("relay.streams.socketUnsentBytes", options.Streams.SocketUnsentBytes, mistakes);
        if (streams.TotalSendBufferBytes < MinTotalSendBuffer)
        {
            mistakes.Add(Text(
                $"relay.streams.totalSendBufferBytes: {streams.TotalSendBufferBytes} is enough for a few clients only; "
                + $"write {MinTotalSendBuffer} or more"));
        }

        if (streams.SocketSendBufferBytes is < 0 or > 0 and < MinSocketSendBuffer)
        {
            mistakes.Add(Text(
                $"relay.streams.socketSendBufferBytes: {streams.SocketSendBufferBytes} is too slow for clients; "
                + $"write {MinSocketSendBuffer} or more, or 0 for the system's default"));
        }

        CheckNotNegative("relay.credentialGrace", options.CredentialGrace, mistakes);
        CheckNotNegative("relay.drainDeadline", options.DrainDeadline, mistakes);
        if (options.Shards is < 0 or > MaxShards)
            mistakes.Add(Text($"relay.shards: {options.Shards} is out of range; write 1 to {MaxShards}, or 0 for one per processor"));
        var (admin, tokens) = AdminSettings.Parse(options, mistakes);
        return configuration with
        {
            Admin = admin,
            AdminTokens = tokens,
            Alternates = AlternateSettings.Parse(options.Alternates, configuration.Listeners, configuration.Addresses, mistakes),
            Heartbeat = HeartbeatSettings.Parse(options.Heartbeat, mistakes),
        };
    }

    private static EngineChoice FindEngine(string name, ICollection<string> mistakes)
    {
        if (EngineChoice.TryFind(name, out var engine)) return engine;
        mistakes.Add($"relay.engine: '{name}' is not an engine of this machine; write {string.Join(" or ", EngineChoice.Names)}");
        EngineChoice.TryFind(EngineChoice.Auto, out engine);
        return engine!;
    }

    private static CertificateStore? LoadCertificate(RelayOptions options, ICollection<string> mistakes)
    {
        if (!options.Listeners.Any(ListenerSettings.IsTls)) return null;

        if (string.IsNullOrEmpty(options.CertificateFile))
            mistakes.Add("relay.certificateFile: is missing; a tls listener needs a PEM file with its certificate chain");
        if (string.IsNullOrEmpty(options.CertificateKeyFile))
            mistakes.Add("relay.certificateKeyFile: is missing; a tls listener needs a PEM file with its certificate's key");
        return string.IsNullOrEmpty(options.CertificateFile) || string.IsNullOrEmpty(options.CertificateKeyFile)
            ? null
            : CertificateStore.Load(RelayOptions.Section, options.CertificateFile, options.CertificateKeyFile, mistakes);
    }

    private static List<RelayAddress> ParseAddresses(IReadOnlyList<RelayAddressOptions> options, ICollection<string> mistakes)
    {
        var addresses = new List<RelayAddress>();
        for (var i = 0; i < options.Count; i++)
        {
            var (key, option) = (Text($"relay.addresses[{i}]"), options[i]);
            if (!IpAddress.TryParse(option.Address, out var local))
            {
                mistakes.Add($"{key}.address: '{option.Address}' is not an IP address; write one of this host, as 192.0.2.1");
                continue;
            }

            if (local.Bits == 0) mistakes.Add($"{key}.address: {local} is not a specific address; write one of this host");
            var reached = local;
            if (option.Public is { } text)
            {
                if (!IpAddress.TryParse(text, out reached))
                    mistakes.Add($"{key}.public: {text} is not an IP address; write the one by which peers reach {local}");
                else if (local.Family != IpFamily.IPv4 || reached.Family != IpFamily.IPv4)
                    mistakes.Add($"{key}.public: {text} for {local}; only IPv4 addresses are mapped, remove it");
            }

            if (addresses.Any(other => other.Family == local.Family))
                mistakes.Add($"{key}.address: {local} is the second {local.Family} address; one of each family is used, remove the others");
            addresses.Add(new(local, reached));
        }

        return addresses;
    }

    private static (ushort First, ushort Last) ParsePorts(
        string ports, IReadOnlyList<RelayListenerOptions> listeners, ICollection<string> mistakes)
    {
        var dash = ports.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0
            || !ushort.TryParse(ports.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !ushort.TryParse(ports.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || first == 0)
        {
            mistakes.Add($"relay.ports: '{ports}' is not a range of ports; write first and last, as 49152-65535");
            return (0, 0);
        }

        if (last < first) mistakes.Add($"relay.ports: {ports} is empty; the last port must not be below the first");
        else if (first < FirstUserPort)
            mistakes.Add(Text($"relay.ports: {ports} contains ports of standard services; begin at {FirstUserPort} or above"));
        foreach (var port in listeners.Where(listener => listener.Transport == "udp").Select(listener => listener.Port).Distinct())
        {
            if (port >= first && port <= last)
                mistakes.Add(Text($"relay.ports: {ports} contains the listener's port {port}; use a range without it"));
        }

        return (first, last);
    }

    internal static List<IpPrefix> ParsePrefixes(string key, IReadOnlyList<string> options, ICollection<string> mistakes)
    {
        var prefixes = new List<IpPrefix>();
        for (var i = 0; i < options.Count; i++)
        {
            if (IpPrefix.TryParse(options[i], out var prefix)) prefixes.Add(prefix);
            else mistakes.Add(Text($"{key}[{i}]: {options[i]} is not a prefix; write 192.0.2.0/24 or 2001:db8::/32, without host bits"));
        }

        return prefixes;
    }

    private static void CheckBuffer(string key, int value, ICollection<string> mistakes)
    {
        if (value is < MinSocketBuffer or > MaxSocketBuffer)
            mistakes.Add(Text($"{key}: {value} is out of range; write {MinSocketBuffer} to {MaxSocketBuffer} bytes"));
    }

    private static void CheckPositive(string key, int value, ICollection<string> mistakes)
    {
        if (value < 1) mistakes.Add(Text($"{key}: {value} is too small; write 1 or more"));
    }

    private static void CheckPositive(string key, TimeSpan value, ICollection<string> mistakes)
    {
        if (value <= TimeSpan.Zero) mistakes.Add(Text($"{key}: {value} is too short; write more than 00:00:00"));
    }

    private static void CheckNotNegative(string key, TimeSpan value, ICollection<string> mistakes)
    {
        if (value < TimeSpan.Zero) mistakes.Add(Text($"{key}: {value} is negative; write 00:00:00 or more"));
    }

    // All cultures are invariant here (InvariantGlobalization). A handler, so that long messages can be concatenated.
    private static string Text(DefaultInterpolatedStringHandler text) => text.ToStringAndClear();
}

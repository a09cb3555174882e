using System.Net;
using Causeway.Signalling.Ice;
using Causeway.Signalling.Options;
using Causeway.Turn.Client;
using Causeway.Turn.Fleet;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>Validates the options of the service, and reports every mistake: where, what, and how to fix it.</summary>
internal sealed class SignallingOptionsValidator(IHostEnvironment environment) : IValidateOptions<SignallingOptions>
{
    // Candidates take less than 1 KB; session descriptions about 6 KB, or 20 KB with many tracks.
    private const int SmallestMessage = 1024;
    private const int LargestMessage = 1024 * 1024;

    public ValidateOptionsResult Validate(string? name, SignallingOptions options) =>
        Mistakes(options, environment.IsDevelopment()).ToList() is { Count: > 0 } mistakes
            ? ValidateOptionsResult.Fail(mistakes)
            : ValidateOptionsResult.Success;

    /// <summary>Gets a line for each mistake.</summary>
    /// <param name="options">The options.</param>
    /// <param name="development">Whether this is the Development environment.</param>
    public static IEnumerable<string> Mistakes(SignallingOptions options, bool development) =>
    [
        .. Listening(options), .. Origins(options), .. Proxies(options), .. IceServers(options), .. Relays(options),
        .. Limits(options.Limits), .. Embedded(options, development),
    ];

    private static IEnumerable<string> Listening(SignallingOptions options)
    {
        var secure = false;
        for (var i = 0; i < options.Listen.Count; i++)
        {
            if (!ListenUrl.TryParse(options.Listen[i], out var listener, out var fault)) yield return $"signalling.listen[{i}]: {fault}";
            else if (listener is { Address: null, Any: false, Port: 0 })
                yield return $"signalling.listen[{i}]: localhost needs a port; write http://127.0.0.1:0 for any";
            secure |= listener is { Secure: true };
        }

        if (secure && options.CertificateFile is null)
            yield return "signalling.certificateFile: missing, but signalling.listen has an https URL; set it to the PEM file of the "
                + "certificate chain";
        if (options.CertificateFile is not null && options.CertificateKeyFile is null)
            yield return "signalling.certificateKeyFile: missing; set it to the PEM file of the certificate's key";
        if (options.CertificateFile is null && options.CertificateKeyFile is not null)
            yield return "signalling.certificateFile: missing, but signalling.certificateKeyFile is set";
        var files = new[] { ("certificateFile", options.CertificateFile), ("certificateKeyFile", options.CertificateKeyFile) };
        foreach (var (name, file) in files)
        {
            if (file is not null && !File.Exists(file)) yield return $"signalling.{name}: {file} does not exist";
        }
    }

    private static IEnumerable<string> Origins(SignallingOptions options)
    {
        for (var i = 0; i < options.Origins.Count; i++)
        {
            var origin = options.Origins[i];
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                || uri.Scheme is not ("http" or "https")
                || uri.GetLeftPart(UriPartial.Authority) != origin.TrimEnd('/'))
                yield return $"signalling.origins[{i}]: '{origin}' is not an origin; write https://call.example.org, without a path";
        }
    }

    private static IEnumerable<string> Proxies(SignallingOptions options)
    {
        for (var i = 0; i < options.Proxies.Count; i++)
        {
            if (!IpPrefix.TryParse(options.Proxies[i], out _))
                yield return $"signalling.proxies[{i}]: '{options.Proxies[i]}' is not an address or a network; write 192.0.2.10 or "
                    + "10.0.0.0/24";
        }
    }

    private static IEnumerable<string> IceServers(SignallingOptions options)
    {
        var ice = options.Ice;
        for (var i = 0; i < ice.StunUrls.Count; i++)
        {
            if (!IceUrl.IsStun(ice.StunUrls[i]))
                yield return $"signalling.ice.stunUrls[{i}]: '{ice.StunUrls[i]}' is not a STUN URL; write stun:relay.example.org:3478";
        }

        for (var i = 0; i < ice.TurnUrls.Count; i++)
        {
            if (!IceUrl.IsTurn(ice.TurnUrls[i]))
                yield return $"signalling.ice.turnUrls[{i}]: '{ice.TurnUrls[i]}' is not a TURN URL; write "
                    + "turn:relay.example.org:3478?transport=udp";
        }

        for (var i = 0; i < ice.Secrets.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(ice.Secrets[i])) yield return $"signalling.ice.secrets[{i}]: empty";
        }

        if (ice.SecretsFile is { } file && IceSecrets.FileFault(file) is { } fault) yield return $"signalling.ice.secretsFile: {fault}";
        if ((ice.TurnUrls.Count > 0 || options.Relays.HeartbeatKeysFile is not null) && ice.Secrets.Count == 0 && ice.SecretsFile is null)
            yield return "signalling.ice.secrets: missing; TURN servers need a secret to sign credentials: set the relay's here or in "
                + "signalling.ice.secretsFile";
        if (ice.CredentialLifetime < TimeSpan.FromMinutes(1) || ice.CredentialLifetime > TimeSpan.FromDays(7))
            yield return $"signalling.ice.credentialLifetime: {ice.CredentialLifetime} is not between one minute and seven days";
    }

    private static IEnumerable<string> Relays(SignallingOptions options)
    {
        var relays = options.Relays;
        var mistakes = new List<string>();
        if (relays.HeartbeatKeysFile is { } heartbeats) FleetKeys.Load("signalling.relays.heartbeatKeysFile", heartbeats, mistakes);
        if (relays.AdmissionKeysFile is { } admissions) FleetKeys.Load("signalling.relays.admissionKeysFile", admissions, mistakes);
        foreach (var mistake in mistakes) yield return mistake;

        if (relays.HeartbeatListen is { } listen && !IsClearLoopback(listen))
            yield return $"signalling.relays.heartbeatListen: '{listen}' is not an http loopback URL; write http://127.0.0.1:9479";
        if (relays.HeartbeatKeysFile is null && (relays.HeartbeatListen is not null || relays.PublicHeartbeats))
            yield return "signalling.relays.heartbeatKeysFile: missing, but heartbeats are enabled; set it to the file with their keys";
        if (relays.HeartbeatKeysFile is not null && relays.HeartbeatListen is null && !relays.PublicHeartbeats)
            yield return "signalling.relays.heartbeatListen: missing, so no heartbeat can arrive; write http://127.0.0.1:9479, or set "
                + "signalling.relays.publicHeartbeats for relays on other hosts";
        if (relays.HeartbeatKeysFile is not null && relays.AdmissionKeysFile is null && !relays.AdmitAtOnce)
            yield return "signalling.relays.admissionKeysFile: missing, so no relay can be admitted; set it to the file with their "
                + "keys, or set signalling.relays.admitAtOnce";
        if (relays.AdmissionKeysFile is not null && relays.AdmitAtOnce)
            yield return "signalling.relays.admitAtOnce: true, but signalling.relays.admissionKeysFile is set; use only one of them";
        if (relays.Generation is { } generation && !Heartbeat.IsName(generation))
            yield return $"signalling.relays.generation: '{generation}' is not a valid name; use 1 to 64 of A-Z a-z 0-9 . _ -";
        if (relays.Timeout < TimeSpan.FromMilliseconds(300) || relays.Timeout > TimeSpan.FromMinutes(3))
            yield return $"signalling.relays.timeout: {relays.Timeout} is not between 00:00:00.3 and three minutes";
        if (relays.MovesPerSecond is < 1 or > 10_000)
            yield return $"signalling.relays.movesPerSecond: {relays.MovesPerSecond} is not between 1 and 10000";
    }

    private static bool IsClearLoopback(string url) =>
        ListenUrl.TryParse(url, out var listen, out _)
        && listen is { Secure: false, Any: false, Address: { } address }
        && IPAddress.IsLoopback(address);

    private static IEnumerable<string> Limits(SignallingLimitOptions limits)
    {
        foreach (var (name, value, least, most) in new[]
        {
            ("roomMembers", limits.RoomMembers, 2, 1000),
            ("messageBytes", limits.MessageBytes, SmallestMessage, LargestMessage),
            ("messagesPerSecond", limits.MessagesPerSecond, 1, 100_000),
            ("outgoingMessages", limits.OutgoingMessages, 16, 100_000),
            ("outgoingBytes", limits.OutgoingBytes, 2 * SmallestMessage, int.MaxValue),
            ("outbox", limits.Outbox, 1, 10_000),
            ("outboxBytes", limits.OutboxBytes, SmallestMessage, int.MaxValue),
            ("badMessages", limits.BadMessages, 0, 1000),
            ("sessions", limits.Sessions, 1, 1_000_000),
            ("connectionsPerAddress", limits.ConnectionsPerAddress, 1, 1_000_000),
            ("idleConnections", limits.IdleConnections, 10, 1_000_000),
            ("idleConnectionsPerAddress", limits.IdleConnectionsPerAddress, 1, 1_000_000),
            ("joinsPerAddress", limits.JoinsPerAddress, 1, 1_000_000),
            ("keptBytesPerAddress", limits.KeptBytesPerAddress, 64 * SmallestMessage, int.MaxValue),
            ("keptBytes", limits.KeptBytes, 64 * SmallestMessage, int.MaxValue),
            ("rooms", limits.Rooms, 1, 1_000_000),
        })
        {
            if (value < least || value > most) yield return $"signalling.limits.{name}: {value} is not between {least} and {most}";
        }

        if (limits.KeptBytes < limits.KeptBytesPerAddress)
            yield return $"signalling.limits.keptBytes: {limits.KeptBytes} is less than keptBytesPerAddress, {limits.KeptBytesPerAddress}";
        // A forwarded message also contains its sender's id.
        if (limits.OutgoingBytes < 2L * limits.MessageBytes)
            yield return $"signalling.limits.outgoingBytes: {limits.OutgoingBytes} is less than two messages of {limits.MessageBytes} "
                + "bytes (messageBytes)";
        foreach (var (name, value, least) in new[]
        {
            ("helloDeadline", limits.HelloDeadline, TimeSpan.FromSeconds(1)),
            ("idleTimeout", limits.IdleTimeout, TimeSpan.FromSeconds(1)),
            ("resumeWindow", limits.ResumeWindow, TimeSpan.Zero),
            ("pingInterval", limits.PingInterval, TimeSpan.FromMilliseconds(100)),
        })
        {
            if (value < least || value > TimeSpan.FromHours(1))
                yield return $"signalling.limits.{name}: {value} is not between {least} and one hour";
        }
    }

    private static IEnumerable<string> Embedded(SignallingOptions options, bool development)
    {
        if (options.EmbeddedRelay && !development)
            yield return "signalling.embeddedRelay: allowed only in the Development environment (--environment Development); a "
                + "deployment runs the relay as a separate service";
    }
}

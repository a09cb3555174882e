using System.Globalization;
using System.Security.Cryptography;
using Causeway.Relay.Admin;
using Causeway.Relay.Diagnostics;
using Causeway.Relay.Machine;
using Causeway.Relay.Settings;
using Causeway.Turn.Options;

namespace Causeway.Relay.Hosting;

/// <summary>Reloading of settings.</summary>
public sealed partial class RelayHost
{
    // Settings that a running relay applies, each with its subsettings. Their files are read again on each reload.
    internal static readonly string[] Reloadable =
    [
        "relay.secrets", "relay.secretsFile", "relay.users", "relay.usersFile", "relay.hideUsernames", "relay.certificateFile",
        "relay.certificateKeyFile", "relay.credentialGrace", "relay.allowPeers", "relay.denyPeers", "relay.allowHostPeers",
        "relay.tcpAllocations", "relay.alternates", "relay.quotas", "relay.lifetimes", "relay.streams", "relay.buffers.relayBytes",
        "relay.drainDeadline", "relay.adminTokenFile", "relay.heartbeat.keysFile", "relay.heartbeat.interval", "relay.heartbeat.stunUrls",
        "relay.heartbeat.turnUrls",
    ];

    private readonly Lock _reloading = new();
    private readonly RelayOptions _started;
    private RelayOptions _options;

    /// <summary>
    /// Applies secrets, users, keys, certificate, peer rules, quotas, lifetimes and stream limits, all of them or none. No connection is
    /// dropped, but peers that are denied now are no longer reached. Settings that need a restart keep their values and are named in the
    /// log.
    /// </summary>
    /// <param name="options">The new settings; their files are read here.</param>
    /// <returns>The mistakes, with which nothing has changed; none if the settings are applied.</returns>
    public IReadOnlyList<string> Reload(RelayOptions options) => Apply(options).Mistakes;

    internal ReloadOutcome Apply(RelayOptions options)
    {
        lock (_reloading)
        {
            var mistakes = new List<string>();
            var read = RelayOptionsValidator.Parse(options, mistakes);
            if (mistakes.Count > 0) return RefuseReload(mistakes);

            var before = _configuration;
            if (before.Certificate is not null) read.Certificate?.Start(_logger, _time);
            var changes = SettingsComparison.Changed(_options, options, RelayOptions.Section)
                .Where(IsReloadable)
                .Concat(ChangedFiles(before, read))
                .ToList();
            // Compared with those at start, so that they are named until the restart.
            var waiting = SettingsComparison.Changed(_started, options, RelayOptions.Section)
                .Where(change => !IsReloadable(change))
                .ToList();
            var now = before with
            {
                Secrets = read.Secrets,
                Users = read.Users,
                HideUsernames = read.HideUsernames,
                Certificate = before.Certificate is null ? null : read.Certificate ?? before.Certificate,
                AllowPeers = read.AllowPeers,
                DenyPeers = read.DenyPeers,
                AllowHostPeers = read.AllowHostPeers,
                TcpAllocations = read.TcpAllocations,
                Alternates = read.Alternates,
                Quotas = read.Quotas,
                Lifetimes = read.Lifetimes,
                Streams = read.Streams,
                Buffers = new() { ListenerBytes = before.Buffers.ListenerBytes, RelayBytes = read.Buffers.RelayBytes },
                CredentialGraceSeconds = read.CredentialGraceSeconds,
                DrainDeadline = read.DrainDeadline,
                AdminTokens = read.AdminTokens,
                Heartbeat = before.Heartbeat is { } told && read.Heartbeat is { } heartbeat
                    ? told with
                    {
                        Key = heartbeat.Key,
                        Interval = heartbeat.Interval,
                        StunUrls = heartbeat.StunUrls,
                        TurnUrls = heartbeat.TurnUrls,
                    }
                    : before.Heartbeat,
            };
            _shared.Reload(now.ForShards(Addresses, _engine));
            _engine.Reload(now.Streams, now.Buffers);
            _configuration = now;
            if (now.Buffers.RelayBytes != before.Buffers.RelayBytes) SystemLimits.LogBuffers(_logger, now);
            _engine.HandleTime();
            _options = options;

            _logger.Reloaded(changes.Count > 0 ? string.Join(", ", changes) : "nothing");
            if (waiting.Count > 0) _logger.NeedsRestart(string.Join(", ", waiting));
            return new(changes, waiting, []);
        }
    }

    /// <summary>Logs that settings were not applied because of mistakes found while reading them.</summary>
    internal ReloadOutcome RefuseReload(IReadOnlyList<string> mistakes)
    {
        _logger.ReloadRefused(string.Join("; ", mistakes));
        return new([], [], mistakes);
    }

    private static IEnumerable<string> ChangedFiles(RelayConfiguration before, RelayConfiguration after)
    {
        if (!before.Secrets.SequenceEqual(after.Secrets))
            yield return string.Create(CultureInfo.InvariantCulture, $"the secrets ({after.Secrets.Count})");
        if (!before.Users.IsSame(after.Users))
            yield return string.Create(CultureInfo.InvariantCulture, $"the users ({after.Users.Count})");
        if (!before.AdminTokens.SequenceEqual(after.AdminTokens))
            yield return string.Create(CultureInfo.InvariantCulture, $"the admin tokens ({after.AdminTokens.Count})");
        if (before.Certificate is not null && after.Certificate is not null && Hash(before) != Hash(after)) yield return "the certificate";
        if (before.Heartbeat is { } old && after.Heartbeat is { } read && old.Key != read.Key) yield return "the key of heartbeats";

        static string Hash(RelayConfiguration configuration) =>
            configuration.Certificate!.Loaded.TargetCertificate.GetCertHashString(HashAlgorithmName.SHA256);
    }

    private static bool IsReloadable(string change) => Reloadable.Any(key =>
        change.StartsWith(key, StringComparison.Ordinal) && (change.Length == key.Length || change[key.Length] is '.' or '['));
}

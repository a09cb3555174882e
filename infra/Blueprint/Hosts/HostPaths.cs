namespace Causeway.Blueprint.Hosts;

/// <summary>Paths on a host. Settings contain them; scripts and units create the files.</summary>
public static class HostPaths
{
    public const string Library = "/usr/local/lib/causeway";
    public const string Firewall = "/etc/causeway/firewall.nft";     // blocks the metadata service for the services' users
    public const string Telemetry = "/etc/causeway/telemetry.env";   // OpenTelemetry's variables; empty without telemetry
    internal const string NetworkFiles = "/run/systemd/network";     // last until the next boot
    internal const string RelayFolder = "/etc/causeway/relay";
    internal const string SignallingFolder = "/etc/causeway/signalling";

    // Each has one secret per line, the current one first. Only signalling has admission keys.
    internal const string TurnSecretsFile = "turn-secrets";
    internal const string HeartbeatKeysFile = "heartbeat-keys";
    internal const string AdmissionKeysFile = "admission-keys";

    /// <summary>The folder of <c>relay</c> or <c>signalling</c>, with its settings, secrets and certificate.</summary>
    public static string Folder(string service) => service switch
    {
        "relay" => RelayFolder,
        "signalling" => SignallingFolder,
        _ => throw new ArgumentException($"there is no service {service}", nameof(service)),
    };

    public static string Settings(string service) => $"{Folder(service)}/settings.json";

    internal static string TurnSecrets(string service) => $"{Folder(service)}/{TurnSecretsFile}";

    internal static string HeartbeatKeys(string service) => $"{Folder(service)}/{HeartbeatKeysFile}";

    internal static string AdmissionKeys => $"{SignallingFolder}/{AdmissionKeysFile}";

    public static string Chain(string service) => $"{Folder(service)}/chain.pem";

    public static string Key(string service) => $"{Folder(service)}/key.pem";
}

public static class HostUsers
{
    public const string Relay = "causeway-relay";
    public const string Signalling = "causeway-signalling";
}

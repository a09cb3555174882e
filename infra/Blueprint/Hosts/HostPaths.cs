namespace Causeway.Blueprint.Hosts;

/// <summary>Paths on a host. Settings contain them; scripts and units create the files.</summary>
public static class HostPaths
{
    public const string Library = "/usr/local/lib/causeway";

    /// <summary>networkd's files that last until the next boot.</summary>
    internal const string NetworkFiles = "/run/systemd/network";

    /// <summary>The nftables table that blocks the metadata service for the services' users.</summary>
    public const string Firewall = "/etc/causeway/firewall.nft";

    /// <summary>The environment variables of OpenTelemetry's specification; empty without telemetry.</summary>
    public const string Telemetry = "/etc/causeway/telemetry.env";

    /// <summary>A service's folder, with its settings, secrets and certificate.</summary>
    public static string Folder(string service) => service switch
    {
        "relay" => RelayFolder,
        "signalling" => SignallingFolder,
        _ => throw new ArgumentException($"there is no service {service}", nameof(service)),
    };

    internal const string RelayFolder = "/etc/causeway/relay";
    internal const string SignallingFolder = "/etc/causeway/signalling";

    /// <summary>A service's settings file.</summary>
    public static string Settings(string service) => $"{Folder(service)}/settings.json";

    /// <summary>The file with the TURN secrets, one per line, the current one first.</summary>
    public static string TurnSecrets(string service) => $"{Folder(service)}/{TurnSecretsFile}";

    /// <summary>The file with the heartbeat keys, one per line, the current one first.</summary>
    public static string HeartbeatKeys(string service) => $"{Folder(service)}/{HeartbeatKeysFile}";

    /// <summary>The file with the admission keys, one per line, the current one first. Only signalling has it.</summary>
    public static string AdmissionKeys => $"{SignallingFolder}/{AdmissionKeysFile}";

    internal const string TurnSecretsFile = "turn-secrets";
    internal const string HeartbeatKeysFile = "heartbeat-keys";
    internal const string AdmissionKeysFile = "admission-keys";

    /// <summary>The certificate chain, PEM.</summary>
    public static string Chain(string service) => $"{Folder(service)}/chain.pem";

    /// <summary>The certificate's key, PEM.</summary>
    public static string Key(string service) => $"{Folder(service)}/key.pem";
}

/// <summary>The users that the services run as.</summary>
public static class HostUsers
{
    public const string Relay = "causeway-relay";

    public const string Signalling = "causeway-signalling";
}


namespace Causeway.Blueprint.Hosts;

/// <summary>Where things are on a host. Settings name these paths, scripts and units fill them.</summary>
public static class HostPaths
{
    public const string Library = "/usr/local/lib/causeway";

    /// <summary>Where networkd reads what holds until the next start of the machine.</summary>
    internal const string NetworkFiles = "/run/systemd/network";

    /// <summary>The table that keeps the services' users from the metadata service.</summary>
    public const string Firewall = "/etc/causeway/firewall.nft";

    /// <summary>Where the services' telemetry goes, in the variables of OpenTelemetry's specification; empty when it goes nowhere.</summary>
    public const string Telemetry = "/etc/causeway/telemetry.env";

    /// <summary>The folder that one service's settings, secrets and certificate lie in.</summary>
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

    /// <summary>The file with the TURN secrets, one in each line, the current one first.</summary>
    public static string TurnSecrets(string service) => $"{Folder(service)}/{TurnSecretsFile}";

    /// <summary>The file with the keys of heartbeats, one in each line, the current one first.</summary>
    public static string HeartbeatKeys(string service) => $"{Folder(service)}/{HeartbeatKeysFile}";

    /// <summary>The file with the keys of admissions, one in each line, the current one first. Only signalling has it.</summary>
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

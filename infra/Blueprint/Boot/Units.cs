using Causeway.Blueprint.Hosts;

namespace Causeway.Blueprint.Boot;

/// <summary>The units of a host that runs signalling and relay.</summary>
public static class Units
{
    // It precedes each unit's own settings in the unit's file: a drop-in is read after the file and would remove the capabilities and
    // system calls that the unit adds.
    private static readonly (string Key, string Value)[] Hardening =
    [
        ("UMask", "0077"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("ProtectClock", "yes"),
        ("ProtectHostname", "yes"),
        ("ProtectKernelLogs", "yes"),
        ("ProtectKernelModules", "yes"),
        ("ProtectKernelTunables", "yes"),
        ("ProtectControlGroups", "yes"),
        ("ProtectProc", "invisible"),
        ("RestrictNamespaces", "yes"),
        ("RestrictRealtime", "yes"),
        ("RestrictSUIDSGID", "yes"),
        ("LockPersonality", "yes"),
        ("RemoveIPC", "yes"),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX AF_NETLINK"),
        ("SystemCallArchitectures", "native"),
        ("SystemCallFilter", "@system-service"),
        ("SystemCallFilter", "~@privileged @resources"),
        // The .NET runtime counts processors with it and doesn't start without it.
        ("SystemCallFilter", "sched_setaffinity"),
        ("SystemCallErrorNumber", "EPERM"),
    ];

    private static readonly UnitSection AtBoot = UnitSection.Of("Install", ("WantedBy", "multi-user.target"));

    /// <summary>Gets the units, in the order of their start.</summary>
    public static IReadOnlyList<Unit> All { get; } =
    [
        // Not Debian's nftables.service: restarting that one empties all tables for a moment, and would stop the services.
        Root("firewall", "Blocks the metadata service for the services", "local-fs.target",
            ("CapabilityBoundingSet", "CAP_NET_ADMIN"),
            ("RemainAfterExit", "yes")),
        Root("host", "Prepares addresses, settings, programs and secrets", "network-online.target",
            // For addresses of the interface, and files of the services' groups.
            ("CapabilityBoundingSet", "CAP_NET_ADMIN CAP_CHOWN"),
            ("SystemCallFilter", "@chown"),
            ("RemainAfterExit", "yes"),
            ("ReadWritePaths", $"/etc/causeway /opt {HostPaths.NetworkFiles}")),
        // It runs beside causeway-host.service; the services wait for both.
        Root("certificate", "Installs and renews the stack's certificate", "network-online.target",
            ("CapabilityBoundingSet", "CAP_CHOWN"),
            ("SystemCallFilter", "@chown"),
            ("ReadWritePaths", "/etc/causeway"),
            ("StateDirectory", "causeway")),
        new("causeway-certificate.timer",
        [
            UnitSection.Of("Unit", ("Description", "Checks the certificate every hour")),
            UnitSection.Of("Timer", ("OnActiveSec", "1h"), ("OnUnitActiveSec", "1h"), ("RandomizedDelaySec", "10m")),
            UnitSection.Of("Install", ("WantedBy", "timers.target")),
        ]),
        // Shares of the instance's memory, socket buffers included: a fault in one service must not take the other's share, and a seventh
        // is left for the system. Signalling is throttled before it is killed; the relay isn't, because late media is lost.
        Service("relay", "TURN relay", HostUsers.Relay, ("MemoryMax", "50%"), ("OOMScoreAdjust", "-500")),
        Service("signalling", "Signalling and the web page", HostUsers.Signalling, ("MemoryHigh", "32%"), ("MemoryMax", "35%")),
        Root("ready", "Reports when the host serves", "causeway-relay.service causeway-signalling.service",
            ("CapabilityBoundingSet", ""),
            ("RemainAfterExit", "yes")),
    ];

    /// <summary>
    /// Gets the unit that fetches a new host's other files and starts them, the only one in the user-data. It is enabled, so that a host
    /// that is stopped during its first boot continues at the next one, where cloud-init doesn't run again. It installs packages, so it
    /// isn't hardened.
    /// </summary>
    public static Unit Bootstrap { get; } = new("causeway-bootstrap.service",
    [
        UnitSection.Of("Unit",
            ("Description", "Fetches a new host's files and starts them"),
            ("After", "network-online.target"),
            ("Wants", "network-online.target"),
            ("ConditionPathExists", "!/etc/causeway/bootstrapped")),
        UnitSection.Of("Service", RunsOnce("bootstrap")),
        AtBoot,
    ]);

    // Root units run once and retry by themselves, because a unit that fails would also fail those that require it, for good.
    private static Unit Root(string name, string description, string after, params (string Key, string Value)[] settings) => new(
        $"causeway-{name}.service",
        [
            UnitSection.Of("Unit", ("Description", description), ("After", after), ("Wants", after)),
            UnitSection.Of("Service", [.. RunsOnce(name), .. Hardening, .. settings]),
            AtBoot,
        ]);

    private static (string Key, string Value)[] RunsOnce(string program) =>
    [
        ("Type", "oneshot"),
        ("ExecStart", $"{HostPaths.Library}/{program}"),
        ("TimeoutStartSec", "infinity"),
        ("StandardOutput", "journal+console"),
        ("StandardError", "journal+console"),
    ];

    private static Unit Service(string name, string description, string user, params (string Key, string Value)[] memory) => new(
        $"causeway-{name}.service",
        [
            UnitSection.Of("Unit",
                ("Description", description),
                ("After", "network-online.target causeway-firewall.service causeway-host.service causeway-certificate.service"),
                // They don't run without the table that blocks the metadata service.
                ("Requires", "causeway-firewall.service causeway-host.service"),
                ("Wants", "causeway-certificate.service"),
                ("StartLimitIntervalSec", "0")),
            UnitSection.Of("Service",
            [
                ("Type", "notify"),
                ("User", user),
                ("ExecStart", $"/opt/causeway/{name}/causeway-{name} --settings {HostPaths.Settings(name)}"),
                // It reads settings and the files in them again.
                ("ExecReload", "/bin/kill -HUP $MAINPID"),
                ("WorkingDirectory", $"/opt/causeway/{name}"),
                ("Restart", "always"),
                ("RestartSec", "2"),
                ("TimeoutStartSec", "120"),
                ("TimeoutStopSec", "150"),
                ("LimitNOFILE", "200000"),
                .. memory,
                ("Environment", "DOTNET_gcServer=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_EnableDiagnostics=0"),
                .. Hardening,
                ("EnvironmentFile", HostPaths.Telemetry),
                ("AmbientCapabilities", "CAP_NET_BIND_SERVICE"),
                ("CapabilityBoundingSet", "CAP_NET_BIND_SERVICE"),
            ]),
            AtBoot,
        ]);
}

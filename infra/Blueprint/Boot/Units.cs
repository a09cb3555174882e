using Causeway.Blueprint.Hosts;

namespace Causeway.Blueprint.Boot;

/// <summary>The units of a host that runs signalling and relay.</summary>
public static class Units
{
    // What no program here needs. Each unit says it in its own file, before its own settings: a drop-in is read after the file, and would take back
    // the very capabilities and system calls that the unit adds.
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
        // The .NET runtime counts its processors by it, and does not start where it is refused.
        ("SystemCallFilter", "sched_setaffinity"),
        ("SystemCallErrorNumber", "EPERM"),
    ];

    /// <summary>The units, in the order in which they come up.</summary>
    public static IReadOnlyList<Unit> All { get; } =
    [
        // Of its own, and not Debian's nftables.service: who restarts that one empties all tables for a moment, and would take the services with it.
        Root("firewall", "Keeps the services' users from the metadata service", "local-fs.target",
            ("CapabilityBoundingSet", "CAP_NET_ADMIN"),
            ("RemainAfterExit", "yes")),
        Root("host", "Prepares addresses, settings, programs and secrets", "network-online.target",
            // Addresses of the interface, and files of the services' groups.
            ("CapabilityBoundingSet", "CAP_NET_ADMIN CAP_CHOWN"),
            ("SystemCallFilter", "@chown"),
            ("RemainAfterExit", "yes"),
            ("ReadWritePaths", $"/etc/causeway /opt {HostPaths.NetworkFiles}")),
        // While the host is prepared; the services wait for both.
        Root("certificate", "Keeps the stack's certificate", "network-online.target",
            ("CapabilityBoundingSet", "CAP_CHOWN"),
            ("SystemCallFilter", "@chown"),
            ("ReadWritePaths", "/etc/causeway"),
            ("StateDirectory", "causeway")),
        new("causeway-certificate.timer",
        [
            UnitSection.Of("Unit", ("Description", "Looks after the certificate every hour")),
            UnitSection.Of("Timer", ("OnActiveSec", "1h"), ("OnUnitActiveSec", "1h"), ("RandomizedDelaySec", "10m")),
            UnitSection.Of("Install", ("WantedBy", "timers.target")),
        ]),
        // Of the instance's memory: what goes wrong in one service must not take the other's share, and a seventh is the system's own. What signalling holds
        // is slowed down before its end; the relay never is, for media that is late is lost. The kernel counts the buffers of their sockets too.
        Service("relay", "TURN relay", HostUsers.Relay, ("MemoryMax", "50%"), ("OOMScoreAdjust", "-500")),
        Service("signalling", "Signalling and the web page", HostUsers.Signalling, ("MemoryHigh", "32%"), ("MemoryMax", "35%")),
        Root("ready", "Says when the host serves", "causeway-relay.service causeway-signalling.service",
            ("CapabilityBoundingSet", ""),
            ("RemainAfterExit", "yes")),
    ];

    /// <summary>
    /// Gets a new host its other files and starts them. The only unit of the user-data, and one that is enabled: a host that is switched off while it comes
    /// up goes on at the next start, where cloud-init runs no command a second time. It installs packages, so it is not hardened as the others are.
    /// </summary>
    public static Unit Bootstrap { get; } = new("causeway-bootstrap.service",
    [
        UnitSection.Of("Unit",
            ("Description", "Gets a new host's files and starts them"),
            ("After", "network-online.target"),
            ("Wants", "network-online.target"),
            ("ConditionPathExists", "!/etc/causeway/bootstrapped")),
        UnitSection.Of("Service",
            ("Type", "oneshot"),
            ("ExecStart", $"{HostPaths.Library}/bootstrap"),
            ("TimeoutStartSec", "infinity"),
            ("StandardOutput", "journal+console"),
            ("StandardError", "journal+console")),
        UnitSection.Of("Install", ("WantedBy", "multi-user.target")),
    ]);

    // Root units run once and retry by themselves: those that require them wait, where the failure of a unit would be theirs too, and for good.
    private static Unit Root(string name, string description, string after, params (string Key, string Value)[] settings) => new($"causeway-{name}.service",
    [
        UnitSection.Of("Unit", ("Description", description), ("After", after), ("Wants", after)),
        UnitSection.Of("Service",
        [
            ("Type", "oneshot"),
            ("ExecStart", $"{HostPaths.Library}/{name}"),
            ("TimeoutStartSec", "infinity"),
            ("StandardOutput", "journal+console"),
            ("StandardError", "journal+console"),
            .. Hardening,
            .. settings,
        ]),
        UnitSection.Of("Install", ("WantedBy", "multi-user.target")),
    ]);

    private static Unit Service(string name, string description, string user, params (string Key, string Value)[] memory) => new($"causeway-{name}.service",
    [
        UnitSection.Of("Unit",
            ("Description", description),
            ("After", "network-online.target causeway-firewall.service causeway-host.service causeway-certificate.service"),
            // Without the table that keeps them from the metadata service they do not run.
            ("Requires", "causeway-firewall.service causeway-host.service"),
            ("Wants", "causeway-certificate.service"),
            ("StartLimitIntervalSec", "0")),
        UnitSection.Of("Service",
        [
            ("Type", "notify"),
            ("User", user),
            ("ExecStart", $"/opt/causeway/{name}/causeway-{name} --settings {HostPaths.Settings(name)}"),
            // Settings, and the files that they name, are read again.
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
        UnitSection.Of("Install", ("WantedBy", "multi-user.target")),
    ]);
}

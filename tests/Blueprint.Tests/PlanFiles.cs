using Causeway.Blueprint.Hosts;

namespace Causeway.Blueprint.Tests;

/// <summary>The files of a plan's host, both those in its user data and those that it fetches.</summary>
internal static class PlanFiles
{
    public const string Relay = "/etc/causeway/relay.json.in";
    public const string Signalling = "/etc/causeway/signalling.json.in";
    public const string Environment = "/etc/causeway/host.env";
    public const string Folders = "/etc/tmpfiles.d/causeway.conf";
    public const string Sysctls = "/etc/sysctl.d/60-causeway.conf";
    public const string Journal = "/etc/systemd/journald.conf.d/causeway.conf";

    public static IReadOnlyList<HostFile> Files(this Plan plan) => [.. plan.Hosts[0].CloudInit.Files, .. plan.Hosts[0].Files];

    /// <summary>A file's content.</summary>
    public static string File(this Plan plan, string path) => Assert.Single(plan.Files(), file => file.Path == path).Content;
}

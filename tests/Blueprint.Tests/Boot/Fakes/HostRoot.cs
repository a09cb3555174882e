using System.Diagnostics;
using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace Causeway.Blueprint.Tests.Boot.Fakes;

/// <summary>
/// A host of the plan without its start: its files at their own paths below a root of their own, in which its scripts run as root with this
/// machine's programs. What they write is read in <see cref="Path"/>.
/// </summary>
internal sealed class HostRoot : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("causeway-root-");

    /// <summary>Lays a host out.</summary>
    /// <param name="plan">Whose host.</param>
    /// <param name="changes">What stands in <c>host.env</c> instead: where the test's own services answer.</param>
    public HostRoot(Plan plan, params (string Key, string Value)[] changes)
    {
        foreach (var folder in new[] { "usr", "local", "dev", "proc", "tmp", "var/lib/causeway", "etc/causeway/relay",
            "etc/causeway/signalling" })
            _root.CreateSubdirectory(folder);
        foreach (var link in new[] { "bin", "sbin", "lib", "lib64" }.Where(link => Directory.Exists("/" + link)))
            File.CreateSymbolicLink(Path(link), "usr/" + link);

        foreach (var file in plan.Hosts[0].CloudInit.Files.Concat(plan.Hosts[0].Files)) Write(file.Path, file.Content, file.Mode);
        Write("/etc/group", "root:x:0:\ncauseway-relay:x:901:\ncauseway-signalling:x:902:\n", "0644");
        if (File.Exists("/etc/ssl/openssl.cnf")) Write("/etc/ssl/openssl.cnf", File.ReadAllText("/etc/ssl/openssl.cnf"), "0644");
        Write("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n", "0644");
        var environment = new StringBuilder(Read("/etc/causeway/host.env"));
        foreach (var (key, value) in changes) environment.Append($"{key}='{value}'\n");
        Write("/etc/causeway/host.env", environment.ToString(), "0600");
        AllowWaits(0);
    }

    /// <summary>Why this machine cannot run a host's scripts; null when it can.</summary>
    public static string? Obstacle(params string[] programs)
    {
        if (!OperatingSystem.IsLinux()
            || !Environment.IsPrivilegedProcess) return "a host's scripts run in a root of their own, which only Linux and its root can "
            + "make";
        var missing = programs.Append("unshare").Where(program => !File.Exists($"/usr/bin/{program}")).ToList();
        if (missing.Count > 0) return $"not installed on this machine: {string.Join(", ", missing)}";
        return NamespacesAllowed.Value ? null : "root may make no namespaces here: a container needs --privileged for it";
    }

    private static readonly Lazy<bool> NamespacesAllowed = new(() =>
    {
        using var made = Process.Start(new ProcessStartInfo("unshare", ["--mount", "--net", "true"]) { RedirectStandardError = true })!;
        made.WaitForExit();
        return made.ExitCode == 0;
    });

    /// <summary>Where something of the host lies on this machine.</summary>
    public string Path(string path) => System.IO.Path.Combine(_root.FullName, InLocal(path.TrimStart('/')));

    // The programs are this machine's; /usr/local is the host's own.
    private static string InLocal(string path) => path.StartsWith("usr/local/", StringComparison.Ordinal) ? path["usr/".Length..] : path;

    public bool Has(string path) => File.Exists(Path(path));

    public string Read(string path) => File.ReadAllText(Path(path));

    public void Write(string path, string content, string mode)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(path))!);
        File.WriteAllText(Path(path), content);
        File.SetUnixFileMode(Path(path), (UnixFileMode)Convert.ToInt32(mode, 8));
    }

    /// <summary>Waits are written down in place of happening; the one after so many ends the script.</summary>
    public void AllowWaits(int most) => Write("/usr/local/bin/sleep", $$"""
        #!/bin/bash
        echo "$1" >> /var/lib/waits
        [ "$(wc -l < /var/lib/waits)" -le {{most}} ] || kill -KILL $PPID
        """, "0755");

    /// <summary>What was waited for, in seconds.</summary>
    public IReadOnlyList<int> Waits => Has("/var/lib/waits") ? [.. File.ReadAllLines(Path("/var/lib/waits")).Select(int.Parse)] : [];

    /// <summary>Runs one of the host's programs, with the console in the result.</summary>
    public async Task<BufferedCommandResult> RunAsync(string program)
    {
        const string enter = """
            set -e
            mount --rbind /usr "$1/usr"
            mount --bind "$1/local" "$1/usr/local"
            mount --rbind /dev "$1/dev"
            mount -t proc proc "$1/proc"
            chroot "$1" "$2"
            exit    # without it bash would become the program, and process 1 cannot be killed
            """;
        return await BoundedCommand.RunAsync(Cli.Wrap("unshare")
            // Whatever a script has started goes with it.
            .WithArguments(["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "/bin/bash", "-c", enter, "enter",
                _root.FullName, program])
            .WithEnvironmentVariables(environment =>
            {
                foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>()) environment.Set(name, null);
                environment.Set("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin").Set("HOME", "/root");
            }), TimeSpan.FromMinutes(5)); // A certificate is asked for eight times in one of the tests.
    }

    public void Dispose() => _root.Delete(recursive: true);
}

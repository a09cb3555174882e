using System.Diagnostics;
using CliWrap;
using CliWrap.Buffered;

namespace Causeway.Blueprint.Tests.Boot.Fakes;

/// <summary>A root with a host's files, in which the host's scripts run as root with this machine's programs.</summary>
internal sealed class HostRoot : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("causeway-root-");

    /// <param name="plan">The plan of the host.</param>
    /// <param name="changes">Other values for <c>host.env</c>, such as the URLs of the test's services.</param>
    public HostRoot(Plan plan, params (string Key, string Value)[] changes)
    {
        string[] folders =
            ["usr", "local", "dev", "proc", "tmp", "var/lib/causeway", "etc/causeway/relay", "etc/causeway/signalling"];
        foreach (var folder in folders) _root.CreateSubdirectory(folder);
        foreach (var link in new[] { "bin", "sbin", "lib", "lib64" }.Where(link => Directory.Exists("/" + link)))
            File.CreateSymbolicLink(Path(link), "usr/" + link);

        foreach (var file in plan.Files()) Write(file.Path, file.Content, file.Mode);
        Write("/etc/group", "root:x:0:\ncauseway-relay:x:901:\ncauseway-signalling:x:902:\n", "0644");
        if (File.Exists("/etc/ssl/openssl.cnf")) Write("/etc/ssl/openssl.cnf", File.ReadAllText("/etc/ssl/openssl.cnf"), "0644");
        Write("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n", "0644");
        var changed = changes.Select(change => $"{change.Key}='{change.Value}'\n");
        Write(PlanFiles.Environment, Read(PlanFiles.Environment) + string.Concat(changed), "0600");
        AllowWaits(0);
    }

    /// <summary>Why this machine cannot run a host's scripts; null when it can.</summary>
    public static string? Obstacle(params string[] programs)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return "needs root on Linux, to run scripts in their own root";
        var missing = programs.Append("unshare").Where(program => !File.Exists($"/usr/bin/{program}")).ToList();
        if (missing.Count > 0) return $"not installed: {string.Join(", ", missing)}";
        return NamespacesAllowed.Value ? null : "root may not create namespaces here; a container needs --privileged";
    }

    private static readonly Lazy<bool> NamespacesAllowed = new(() =>
    {
        using var made = Process.Start(new ProcessStartInfo("unshare", ["--mount", "--net", "true"]) { RedirectStandardError = true })!;
        made.WaitForExit();
        return made.ExitCode == 0;
    });

    /// <summary>A path of the host as a path of this machine.</summary>
    public string Path(string path) => System.IO.Path.Combine(_root.FullName, InLocal(path.TrimStart('/')));

    // /usr is this machine's, except /usr/local.
    private static string InLocal(string path) => path.StartsWith("usr/local/", StringComparison.Ordinal) ? path["usr/".Length..] : path;

    public bool Has(string path) => File.Exists(Path(path));

    public string Read(string path) => File.ReadAllText(Path(path));

    public void Write(string path, string content, string mode)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(path))!);
        File.WriteAllText(Path(path), content);
        File.SetUnixFileMode(Path(path), (UnixFileMode)Convert.ToInt32(mode, 8));
    }

    /// <summary>Replaces <c>sleep</c> by a script that records the wait, and kills its caller after so many.</summary>
    public void AllowWaits(int most) => Write("/usr/local/bin/sleep", $$"""
        #!/bin/bash
        echo "$1" >> /var/lib/waits
        [ "$(wc -l < /var/lib/waits)" -le {{most}} ] || kill -KILL $PPID
        """, "0755");

    /// <summary>The recorded waits, in seconds.</summary>
    public IReadOnlyList<int> Waits => Has("/var/lib/waits") ? [.. File.ReadAllLines(Path("/var/lib/waits")).Select(int.Parse)] : [];

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
        // --kill-child also ends what the script started.
        string[] unshare = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"];
        var command = Cli.Wrap("unshare")
            .WithArguments([.. unshare, "/bin/bash", "-c", enter, "enter", _root.FullName, program])
            .WithEnvironmentVariables(environment =>
            {
                foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>()) environment.Set(name, null);
                environment.Set("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin").Set("HOME", "/root");
            });
        // One test asks for a certificate eight times.
        return await BoundedCommand.RunAsync(command, TimeSpan.FromMinutes(5));
    }

    public void Dispose() => _root.Delete(recursive: true);
}

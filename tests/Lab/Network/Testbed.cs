using System.Runtime.InteropServices;

namespace Causeway.Lab.Network;

/// <summary>
/// Several hosts on one machine: an internet (203.0.113.0/24 and 2001:db8::/64), servers on it, and sites behind their routers.
/// All of it are network namespaces of this process; nothing is added to the machine's own network. Disposing removes everything, as do
/// Ctrl-C and the process's end; what a killed process left is removed by the next testbed that is made.
/// <code>
///   alice ── router ──┐            ┌── relay.causeway.example
///     bob ── router ──┴─ internet ─┴── call.causeway.example
/// </code>
/// </summary>
public sealed class Testbed : IAsyncDisposable
{
    private static readonly Lock Gate = new();
    private static readonly List<Testbed> Alive = [];
    private static readonly List<PosixSignalRegistration> Signals = [];
    private static int made;
    private static volatile bool ending;

    private readonly List<Host> _hosts = [];
    private readonly List<RunningProgram> _processes = [];
    private readonly List<IDisposable> _kept = [];
    private readonly List<string> _notes = [];
    private bool _removed;

    private Testbed(string scenario)
    {
        Number = Interlocked.Increment(ref made);
        Scratch = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), TestOwner.Current.NameOf($"{Number}"))).FullName;
        Logs = LabFolders.LogsOf(scenario);
        lock (Gate) Alive.Add(this);
        try
        {
            Names = new(Scratch);
            Authority = new(Path.Combine(Scratch, "authority"));
            Internet = new(this);
        }
        catch
        {
            Remove();
            throw;
        }
    }

    /// <summary>Makes a testbed; skips the test that asks for it, with the reason, where that cannot be done.</summary>
    /// <param name="scenario">What the folder of its logs is called.</param>
    public static Testbed Create(string scenario)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The lab is made of Linux network namespaces; this is another system.");
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess, "The lab makes network namespaces, which only root may: run script/test as root.");
        var missing = new[] { "ip", "nft", "dnsmasq" }.Where(program => !ShellCommand.Exists(program)).ToList();
        Assert.SkipUnless(
            missing.Count == 0, $"The lab needs {string.Join(", ", missing)}: apt-get install iproute2 nftables dnsmasq-base.");

        Assert.SkipUnless(
            ShellCommand.Try("unshare", ["--mount", "--net", "sh", "-c", "echo 0 > /proc/sys/net/ipv4/ip_forward"]).Code == 0,
                "The lab makes network namespaces, which root may not here: a container needs --privileged for it.");

        lock (Gate)
        {
            if (Signals.Count == 0)
            {
                AppDomain.CurrentDomain.ProcessExit += (_, _) => RemoveAll();
                Signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => RemoveAll()));
                Signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => RemoveAll()));
            }
        }

        Leftovers.Clear();
        return new(scenario);
    }

    /// <summary>The network in the middle.</summary>
    public Internet Internet { get; }

    /// <summary>The names that every host here resolves.</summary>
    public Names Names { get; }

    /// <summary>The certificate authority that browsers here trust.</summary>
    public LabAuthority Authority { get; }

    /// <summary>The folder that logs and captures are kept in.</summary>
    public string Logs { get; }

    /// <summary>A folder that is removed with the testbed.</summary>
    public string Scratch { get; }

    /// <summary>All hosts, routers too.</summary>
    public IReadOnlyList<Host> Hosts => _hosts;

    internal int Number { get; }

    internal int NextSite() => ++_sites;
    private int _sites;

    internal int NextInstance() => _instances++;
    private int _instances;

    /// <summary>Adds a server: a host with public addresses, IPv4 and IPv6, and no router before it.</summary>
    /// <param name="name">What it is called here.</param>
    /// <param name="domainNames">Its names in DNS, <c>A</c> and <c>AAAA</c>.</param>
    public Host Server(string name, params ReadOnlySpan<string> domainNames)
    {
        var host = AddHost(name);
        Internet.Attach(host, "eth0", Families.Both);
        foreach (var domainName in domainNames) Names.Add(domainName, host.Addresses);
        return host;
    }

    /// <summary>Adds a machine in the cloud: private addresses with a public one each, behind a gateway.</summary>
    public Instance Instance(string name, int addresses) => new(this, name, addresses);

    /// <summary>Adds a site: a local network behind its own router.</summary>
    public Site Site(string name, Access access) => new(this, name, access);

    internal Host AddHost(string name)
    {
        // Under the gate: Ctrl-C removes all hosts from another thread, and one made a moment later would stay for ever.
        lock (Gate)
        {
            ObjectDisposedException.ThrowIf(_removed || ending, this);
            var host = new Host(this, name);
            _hosts.Add(host);
            return host;
        }
    }

    internal RunningProgram Track(RunningProgram process)
    {
        _processes.Add(process);
        return process;
    }

    /// <summary>Adds a line to what is shown to a person who looks at the paused testbed.</summary>
    public void Note(string line) => _notes.Add(line);

    /// <summary>Disposes something together with the testbed.</summary>
    internal void Keep(IDisposable thing) => _kept.Add(thing);

    /// <summary>Ends all processes and removes all hosts.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Environment.GetEnvironmentVariable("CAUSEWAY_LAB_PAUSE") is { Length: > 0 } pause) await PauseAsync(pause);

        // Servers are stopped as an operator would, so that their logs are complete; clients first, in case something waits for them.
        foreach (var process in Enumerable.Reverse(_processes)) await process.DisposeAsync();
        foreach (var thing in _kept) thing.Dispose();
        Remove();
        Authority.Dispose();
    }

    // A person looks at the networks, until the pause file is removed, by script/lab --pause or by hand, or Ctrl-C ends it.
    private async Task PauseAsync(string file)
    {
        // Whole from its first moment: who waits for it may look at any time.
        await File.WriteAllLinesAsync(file + ".new",
        [
            "",
            $"Paused: {Path.GetFileName(Logs)}. Its hosts, and how to enter them:",
            .. _hosts.Select(host => $"  ip netns exec {host.NamespaceName} bash    # {host.Name}: {string.Join(", ", host.Addresses)}"),
            .. _notes,
            $"Logs: {Logs}",
        ]);
        File.Move(file + ".new", file);
        while (!ending && File.Exists(file)) await Task.Delay(TimeSpan.FromMilliseconds(200));
    }

    private void Remove()
    {
        lock (Gate)
        {
            if (_removed) return;
            _removed = true;
            Alive.Remove(this);
            foreach (var host in _hosts)
            {
                host.Namespace.Dispose();
                ControlGroups.Remove(host.NamespaceName);
            }

            Directory.Delete(Scratch, recursive: true);
        }
    }

    private static void RemoveAll()
    {
        lock (Gate)
        {
            ending = true;
            foreach (var testbed in Alive.ToList()) testbed.Remove();
        }
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Causeway.Tests.Support.Network;

/// <summary>
/// A network namespace under a name of <c>ip netns</c>: a host's whole view of the network. Disposing it removes it, with every process
/// inside.
/// </summary>
/// <param name="name">Its name; it need not be there.</param>
public sealed partial class NetworkNamespace(string name) : IDisposable
{
    private const string Folder = "/run/netns";
    private const int CloneNewNet = 0x4000_0000;
    private static int made;

    /// <summary>The name that <c>ip netns</c> lists.</summary>
    public string Name { get; } = name;

    /// <summary>The folder whose files <c>ip netns exec</c> puts over those of <c>/etc</c>.</summary>
    public string EtcFolder { get; } = Path.Combine("/etc/netns", name);

    /// <summary>The names of all namespaces of this machine.</summary>
    public static IEnumerable<string> All =>
        Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)) : [];

    /// <summary>The ids of the processes that are inside now.</summary>
    public IEnumerable<int> Processes =>
        ShellCommand.Try("ip", ["netns", "pids", Name]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture));

    /// <summary>
    /// The command that makes a bridge. It sets a hardware address: without one a bridge uses the lowest of its ports', and so may
    /// change it whenever one is added. Neighbours then send to an address that no longer exists: over IPv6 for up to a minute.
    /// </summary>
    /// <param name="device">Its name.</param>
    public static string Bridge(string device) => $"link add {device} address 02:00:00:00:00:01 type bridge";

    /// <summary>Makes a namespace of this process, with loopback up, under a name that no other has.</summary>
    public static NetworkNamespace New() => Add(TestOwner.Current.NameOf($"namespace-{Interlocked.Increment(ref made)}"));

    /// <summary>Makes the namespace, with loopback up.</summary>
    public static NetworkNamespace Add(string name)
    {
        ShellCommand.Run("ip", ["netns", "add", name]);
        var made = new NetworkNamespace(name);
        made.Ip("link set lo up");
        return made;
    }

    /// <summary>Runs commands of <c>ip</c> inside, one in each string, without its leading <c>ip</c>.</summary>
    public void Ip(params IEnumerable<string> commands) =>
        ShellCommand.Run("ip", ["-n", Name, "-batch", "-"], string.Join('\n', commands) + "\n");

    /// <summary>Joins two namespaces by a wire that is up at both ends.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="device">The end here.</param>
    /// <param name="addresses">Its addresses with their prefixes, as <c>192.0.2.1/24</c>, between spaces.</param>
    /// <param name="otherDevice">The end there.</param>
    /// <param name="otherAddresses">As <paramref name="addresses"/>.</param>
    /// <param name="mtu">The longest packet, in bytes.</param>
    public void Join(NetworkNamespace other, string device, string addresses, string otherDevice, string otherAddresses, int mtu = 1500)
    {
        var size = mtu.ToString(CultureInfo.InvariantCulture);
        Ip($"link add {device} mtu {size} type veth peer name {otherDevice} mtu {size} netns {other.Name}");
        foreach (var (end, name, all) in new[] { (this, device, addresses), (other, otherDevice, otherAddresses) })
        {
            // There are no duplicate addresses here, and detecting them silences an IPv6 address for its first second.
            end.Ip([.. all.Split(' ')
                .Select(address => $"address add {address} dev {name}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}"),
                $"link set {name} up"]);
        }
    }

    /// <summary>Sets a variable of the kernel inside.</summary>
    /// <param name="key">Its name below <c>net.</c>, as <c>ipv4.ip_forward</c>.</param>
    /// <param name="value">Its value.</param>
    public void Sysctl(string key, int value) => Call(() =>
    {
        // It shows the network of the thread that opens it.
        File.WriteAllText($"/proc/sys/net/{key.Replace('.', '/')}", $"{value}\n");
        return true;
    });

    /// <summary>A UDP socket inside.</summary>
    /// <param name="local">Its address; port 0 lets the system choose.</param>
    public Socket Udp(IPEndPoint local) => Call(() =>
    {
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(local);
        return socket;
    });

    /// <summary>Loads rules of nftables inside.</summary>
    public void Nft(string rules) => ShellCommand.Run("ip", ["netns", "exec", Name, "nft", "-f", "-"], rules);

    /// <summary>
    /// Calls code on a thread that is inside: sockets made there stay there, on any thread. The thread ends with the call, so
    /// what is called must not be asynchronous.
    /// </summary>
    public T Call<T>(Func<T> code)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle(Path.Combine(Folder, Name));
                if (SetNamespace(file, CloneNewNet) != 0)
                    throw new InvalidOperationException($"setns into {Name} failed: {Marshal.GetLastPInvokeErrorMessage()}");
                result = code();
            }
#pragma warning disable CA1031 // It is thrown again, on the caller's thread.
            catch (Exception thrown)
#pragma warning restore CA1031
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>Kills every process inside and removes the namespace and its folder.</summary>
    public void Dispose()
    {
        // A process may fork between listing and killing; some rounds find all of them.
        for (var round = 0; round < 50; round++)
        {
            var processes = Processes.ToList();
            if (processes.Count == 0) break;
            foreach (var process in processes) Signals.Send(process, Signals.Kill);
            Thread.Sleep(20);
        }

        ShellCommand.Try("ip", ["netns", "delete", Name]);
        try
        {
            if (Directory.Exists(EtcFolder)) Directory.Delete(EtcFolder, recursive: true);
            if (Directory.Exists("/etc/netns") && !Directory.EnumerateFileSystemEntries("/etc/netns").Any()) Directory.Delete("/etc/netns");
        }
        catch (IOException)
        {
            // Another run has just deleted a third one's leftovers, or added a file.
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(Microsoft.Win32.SafeHandles.SafeFileHandle file, int kind);
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Causeway.Turn.Protocol;
using Microsoft.Win32.SafeHandles;

namespace Causeway.Relay.Tests.Network;

/// <summary>A network namespace: a host with addresses and links of its own, in which a relay runs and from which sockets speak.</summary>
internal sealed partial class TestNamespace : IDisposable
{
    private const int CloneNewNet = 0x4000_0000;
    private static int _count;

    public TestNamespace()
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"cwr-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Run("ip", "netns", "add", Name);
        Ip("link set lo up");
    }

    public string Name { get; }

    public static void SkipWhereThereAreNone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "network namespaces take root on Linux; what is tested here was not tested");
        Assert.SkipUnless(File.Exists("/sbin/ip") || File.Exists("/usr/sbin/ip") || File.Exists("/usr/bin/ip"), "ip is not installed: apt-get install iproute2");
    }

    /// <summary>Runs a command of <c>ip</c> inside, without its leading <c>ip</c>.</summary>
    public void Ip(string command) => Run("ip", ["-n", Name, .. command.Split(' ')]);

    /// <summary>Sets a variable of the kernel inside.</summary>
    public void Sysctl(string name, int value) => Run("ip", "netns", "exec", Name, "sysctl", "-q", "-w", string.Create(CultureInfo.InvariantCulture, $"{name}={value}"));

    /// <summary>Joins two namespaces by a wire; each end has an address with its prefix.</summary>
    public void Join(TestNamespace other, string device, string addresses, string otherDevice, string otherAddresses, int mtu = 1500)
    {
        var size = mtu.ToString(CultureInfo.InvariantCulture);
        Run("ip", "-n", Name, "link", "add", device, "mtu", size, "type", "veth", "peer", "name", otherDevice, "mtu", size, "netns", other.Name);
        foreach (var (end, name, all) in new[] { (this, device, addresses), (other, otherDevice, otherAddresses) })
        {
            foreach (var address in all.Split(' ')) end.Ip($"address add {address} dev {name}{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}");
            end.Ip($"link set {name} up");
        }
    }

    /// <summary>Calls code on a thread that is inside: sockets made there stay there, whoever uses them later.</summary>
    public T Call<T>(Func<T> code)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle("/run/netns/" + Name);
                if (SetNamespace(file, CloneNewNet) != 0) throw new InvalidOperationException($"setns into {Name} failed: {Marshal.GetLastPInvokeErrorMessage()}");
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

    /// <summary>A UDP socket inside.</summary>
    public Socket Udp(string address) => Call(() =>
    {
        var local = TransportAddress.Parse(address).ToIPEndPoint();
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(local);
        return socket;
    });

    public void Dispose() => Run("ip", "netns", "delete", Name);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {said}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);
}

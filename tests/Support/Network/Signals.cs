using System.Runtime.InteropServices;

namespace Causeway.Tests.Support.Network;

/// <summary>Sends signals to processes; the framework can only kill.</summary>
public static partial class Signals
{
    /// <summary>SIGHUP, by which many servers read their files again.</summary>
    public const int HangUp = 1;

    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>Sends a signal; a process that has ended is not an error.</summary>
    public static void Send(int process, int signal) => _ = SendSignal(process, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);
}

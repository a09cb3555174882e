using System.Globalization;
using Causeway.Relay.Diagnostics;
using Causeway.Relay.Settings;
using Causeway.Turn.Engines;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Machine;

/// <summary>Compares the operating system's limits with the settings.</summary>
internal static class SystemLimits
{
    /// <summary>
    /// The descriptors that clients don't get: for each listener's probe, and for short-lived uses (files, name lookups, heartbeats,
    /// metrics).
    /// </summary>
    public static int ReservedDescriptors(RelayConfiguration configuration) =>
        32 + configuration.Listeners.Sum(listener => listener.AcceptsPlain ? 8 : 4);

    /// <summary>Logs what the limit of file descriptors allows.</summary>
    /// <exception cref="RelayOptionsException">It doesn't allow a single client.</exception>
    public static void LogDescriptors(ILogger logger, RelayConfiguration configuration, DescriptorLimit descriptors)
    {
        if (descriptors.Limit == long.MaxValue) return;
        var used = descriptors.Measure();
        var room = descriptors.Room;
        if (room < 1)
        {
            throw new RelayOptionsException([string.Create(
                CultureInfo.InvariantCulture,
                $"ulimit -n: {descriptors.Limit} file descriptors are too few, "
                + $"{used} are in use before the first client and {descriptors.Reserve} "
                + $"are in reserve; allow {used + descriptors.Reserve + 1000} or more")]);
        }

        // A TCP client takes two, for its connection and its relayed address; a UDP client one; a TCP connection to a peer another one.
        var peers = configuration.TcpAllocations ? configuration.Quotas.PeerConnections : 0;
        var wanted = (long)configuration.Quotas.Allocations + configuration.Streams.Connections + peers;
        if (room < wanted) logger.FewDescriptors(descriptors.Limit, room, used, descriptors.Reserve, wanted);
        else logger.Descriptors(descriptors.Limit, room, used, descriptors.Reserve);
    }

    /// <summary>Logs socket buffers that are smaller than configured.</summary>
    public static void LogBuffers(ILogger logger, RelayConfiguration configuration)
    {
        Log("relay.buffers.listenerBytes", configuration.Buffers.ListenerBytes);
        Log("relay.buffers.relayBytes", configuration.Buffers.RelayBytes);

        void Log(string key, int wished)
        {
            if (SocketBuffers.Granted(wished) is var granted && granted < wished) logger.SmallerBuffers(key, wished, granted);
        }
    }
}

using System.Globalization;
using Causeway.Relay.Diagnostics;
using Causeway.Relay.Settings;
using Causeway.Turn.Engines;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Machine;

/// <summary>What the operating system allows the relay, beside what the settings ask for.</summary>
internal static class SystemLimits
{
    /// <summary>
    /// Descriptors that clients do not get: of each listener's probe, and of what the process opens for a moment (files, name look-ups, calls to signalling,
    /// scrapes).
    /// </summary>
    public static int ReservedDescriptors(RelayConfiguration configuration) => 32 + 4 * configuration.Listeners.Count;

    /// <summary>Says what the limit of file descriptors allows.</summary>
    /// <exception cref="RelayOptionsException">It allows no client.</exception>
    public static void TellDescriptors(ILogger logger, RelayConfiguration configuration, DescriptorLimit descriptors)
    {
        if (descriptors.Limit == long.MaxValue) return;
        var used = descriptors.Measure();
        var room = descriptors.Room;
        if (room < 1)
        {
            throw new RelayOptionsException([string.Create(
                CultureInfo.InvariantCulture,
                $"ulimit -n: {descriptors.Limit} file descriptors are too few, {used} are in use before the first client and {descriptors.Reserve} "
                + $"are kept in reserve; allow {used + descriptors.Reserve + 1000} or more")]);
        }

        // A client by TCP takes two, its connection and its relayed address; one by UDP the latter.
        var wanted = (long)configuration.Quotas.Allocations + configuration.Streams.Connections;
        if (room < wanted) logger.FewDescriptors(descriptors.Limit, room, used, descriptors.Reserve, wanted);
        else logger.Descriptors(descriptors.Limit, room, used, descriptors.Reserve);
    }

    /// <summary>Says which socket buffers are smaller than the settings ask for.</summary>
    public static void TellBuffers(ILogger logger, RelayConfiguration configuration)
    {
        Tell("relay.buffers.listenerBytes", configuration.Buffers.ListenerBytes);
        Tell("relay.buffers.relayBytes", configuration.Buffers.RelayBytes);

        void Tell(string key, int wished)
        {
            if (SocketBuffers.Granted(wished) is var granted && granted < wished) logger.SmallerBuffers(key, wished, granted);
        }
    }
}

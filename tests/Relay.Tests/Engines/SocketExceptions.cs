using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Causeway.Relay.Tests.Engines;

internal static class SocketExceptions
{
    /// <summary>Counts the socket exceptions of the whole process, caught or not.</summary>
    public static async Task<int> CountAsync(Func<Task> action)
    {
        var thrown = 0;
        void Count(object? sender, FirstChanceExceptionEventArgs args)
        {
            if (args.Exception is SocketException) Interlocked.Increment(ref thrown);
        }

        AppDomain.CurrentDomain.FirstChanceException += Count;
        try
        {
            await action();
            return thrown;
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }
    }
}

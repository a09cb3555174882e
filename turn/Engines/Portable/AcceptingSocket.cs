using System.Net;
using System.Net.Sockets;
using Causeway.Turn.Protocol;

namespace Causeway.Turn.Engines.Portable;

/// <summary>A listening TCP socket with its accept loop: a listener's, or that of an allocation's relayed address.</summary>
internal abstract class AcceptingSocket(PortableEngine engine, Socket socket)
{
    private volatile bool _closed;

    /// <summary>Its name in reports of failures.</summary>
    protected abstract string Name { get; }

    /// <summary>One connection; it is closed when this throws.</summary>
    protected abstract void Serve(Socket accepted, in TransportAddress from);

    /// <summary>Accepts connections until it is closed.</summary>
    public async Task RunAsync()
    {
        var failures = new LoopFailures(engine);
        while (!_closed)
        {
            try
            {
                Serve(await socket.AcceptAsync());
                failures.None();
            }
            catch (Exception) when (_closed)
            {
                break;
            }
            catch (SocketException)
            {
                // The other side left before it was accepted, or the system is short of descriptors. The socket stays open.
                engine.Counters.CountReceiveFailed();
                await failures.PauseAsync();
            }
#pragma warning disable CA1031 // One connection must not end the loop; the failure is reported.
            catch (Exception unexpected)
            {
                failures.Report(Name, unexpected);
                await failures.PauseAsync();
            }
#pragma warning restore CA1031
        }
    }

    public void Close()
    {
        _closed = true;
        socket.Dispose();
    }

    private void Serve(Socket accepted)
    {
        try
        {
            Serve(accepted, TransportAddress.From((IPEndPoint)accepted.RemoteEndPoint!));
        }
        catch
        {
            accepted.Dispose();
            throw;
        }
    }
}

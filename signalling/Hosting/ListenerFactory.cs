using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Hosting;

/// <summary>Kestrel's listeners; the exception for an address in use carries the endpoint, which Kestrel gives only as text.</summary>
internal sealed class ListenerFactory(IOptions<SocketTransportOptions> options, ILoggerFactory loggers)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly SocketTransportFactory _sockets = new(options, loggers);

    public bool CanBind(EndPoint endpoint) => _sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _sockets.BindAsync(endpoint, cancellationToken);
        }
        catch (AddressInUseException taken) when (endpoint is IPEndPoint ip)
        {
            throw new EndpointInUseException(ip, taken);
        }
    }
}

/// <summary>Another program listens on an endpoint.</summary>
internal sealed class EndpointInUseException(IPEndPoint endpoint, Exception inner) : AddressInUseException(inner.Message, inner)
{
    /// <summary>Gets the endpoint.</summary>
    public IPEndPoint Endpoint => endpoint;
}

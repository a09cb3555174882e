using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Causeway.Lab.Network;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Causeway.Lab.Boot;

/// <summary>Serves HTTP from a host of a testbed with code of this process: Kestrel takes a socket that was made inside the host's network.</summary>
internal static class Serving
{
    /// <summary>Starts serving; disposing ends it.</summary>
    /// <param name="host">Where.</param>
    /// <param name="endPoint">On which address and port of it.</param>
    /// <param name="certificate">For HTTPS; null for plain HTTP.</param>
    /// <param name="answer">What to answer.</param>
    public static async Task<IAsyncDisposable> StartAsync(Host host, IPEndPoint endPoint, X509Certificate2? certificate, RequestDelegate answer)
    {
        var socket = host.Call(() =>
        {
            var bound = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            bound.Bind(endPoint);
            return bound;
        });
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.ListenHandle((ulong)socket.Handle, listen =>
            {
                if (certificate is not null) listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificate });
            });
        });
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new Running(app, socket);
    }

    private sealed class Running(WebApplication app, Socket socket) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await app.DisposeAsync();
            socket.Dispose();
        }
    }
}

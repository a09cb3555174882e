using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Causeway.Tests.Support.Network;

/// <summary>Serves HTTP inside a network namespace with code of this process: Kestrel takes a socket that was made there.</summary>
public static class Serving
{
    /// <summary>Starts serving; disposing ends it.</summary>
    /// <param name="network">The namespace.</param>
    /// <param name="endPoint">The address and port there.</param>
    /// <param name="certificate">For HTTPS; null for plain HTTP.</param>
    /// <param name="answer">Answers a request.</param>
    public static async Task<IAsyncDisposable> StartAsync(
        NetworkNamespace network, IPEndPoint endPoint, X509Certificate2? certificate, RequestDelegate answer)
    {
        var socket = network.Call(() =>
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

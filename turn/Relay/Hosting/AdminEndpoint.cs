using System.Net;
using System.Net.Sockets;
using Causeway.Relay.Diagnostics;
using Causeway.Turn.Engines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Hosting;

/// <summary>
/// Health and metrics over HTTP, for the host's own monitoring. Nothing in it identifies a user; use a loopback address nevertheless.
/// </summary>
internal sealed class AdminEndpoint : IAsyncDisposable
{
    private const int MaxConnections = 16;

    private readonly WebApplication _app;

    private AdminEndpoint(WebApplication app, IPEndPoint endPoint) => (_app, EndPoint) = (app, endPoint);

    public IPEndPoint EndPoint { get; }

    public static async Task<AdminEndpoint> StartAsync(RelayHost relay, IPEndPoint endPoint, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Monitoring needs one or two; more would use up clients' descriptors.
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Listen(endPoint);
        });
        var app = builder.Build();
        app.UseRouting();
        app.MapGet("/healthz", () => Results.Text("ok\n"));
        app.MapGet("/readyz", (CancellationToken aborted) => ReadyAsync(relay, aborted));
        app.MapGet("/metrics", () => Results.Text(PrometheusText.Render(relay.Metrics.All), PrometheusText.ContentType));
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            await app.DisposeAsync();
            throw new ListenException(
                $"relay.admin {endPoint}: cannot listen ({failure.Message.TrimEnd('.')}); use another address or port", failure);
        }

        var actual = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new(app, IPEndPoint.Parse(new Uri(actual).Authority));
    }

    private static async Task<IResult> ReadyAsync(RelayHost relay, CancellationToken aborted)
    {
        if (relay.IsDraining) return Results.Text("draining\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        // It relays for current clients; there is no capacity left for a probe.
        if (relay is { IsFull: true, Capacity: var capacity })
            return Results.Text($"full: {capacity.Taken} of {capacity.Total} relayed addresses are in use\n");

        var results = await relay.ProbeAsync(aborted);
        return Results.Text(
            string.Concat(results.Select(result => $"{result}\n")),
            statusCode: results.All(result => result.IsRelayed) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

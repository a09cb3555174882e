using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Causeway.Turn.Engines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Admin;

/// <summary>The admin interface over HTTP: health and metrics for the host's monitoring, and <c>/v1</c> for operators.</summary>
internal sealed class AdminEndpoint : IAsyncDisposable
{
    private const int MaxConnections = 16;
    private const int MaxBodyBytes = 4 * 1024;
    private const int MaxHeaderBytes = 8 * 1024;

    private readonly WebApplication _app;

    private AdminEndpoint(WebApplication app, IPEndPoint endPoint) => (_app, EndPoint) = (app, endPoint);

    public IPEndPoint EndPoint { get; }

    public static async Task<AdminEndpoint> StartAsync(
        IRelayAdmin relay, IPEndPoint endPoint, TimeProvider time, CancellationToken cancellation)
    {
        var app = Build(relay, endPoint, services => services.AddSingleton(time));
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

    /// <summary>Builds the application without starting it.</summary>
    internal static WebApplication Build(IRelayAdmin relay, IPEndPoint endPoint, Action<IServiceCollection> services)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.Services.Configure<JsonOptions>(json => Configure(json.SerializerOptions));
        // A malformed request is answered with what is wrong.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services(builder.Services);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Monitoring needs one or two; more would use up clients' descriptors.
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
            kestrel.Listen(endPoint);
        });
        var app = builder.Build();
        app.UseRouting();
        app.Use(AdminFailures.AnswerAsync);
        app.Use(new AdminAccess(endPoint.Address, () => relay.AdminTokens).CheckAsync);
        app.MapHealth(relay);
        var operators = app.MapGroup("/v1")
            .WithMetadata(OperatorsOnly.Instance)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status421MisdirectedRequest);
        operators.MapSessions(relay);
        operators.MapActions(relay);
        return app;
    }

    /// <summary>How messages are written in JSON.</summary>
    internal static void Configure(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

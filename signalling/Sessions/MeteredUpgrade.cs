using Microsoft.AspNetCore.Http.Features;

namespace Causeway.Signalling.Sessions;

/// <summary>
/// Puts a <see cref="FrameMeter"/> below a WebSocket, which the framework creates over the stream of an HTTP/1.1 upgrade (RFC 6455 §4) or
/// an HTTP/2 extended CONNECT (RFC 8441).
/// </summary>
internal static class MeteredUpgrade
{
    /// <summary>Adds the meter to each request that may become a WebSocket. Call it before the framework's WebSockets.</summary>
    public static void UseMeteredUpgrades(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var features = context.Features;
        var meter = new FrameMeter();
        if (features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
            features.Set<IHttpUpgradeFeature>(new Upgrade(upgrade, meter));
        else if (features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
            features.Set<IHttpExtendedConnectFeature>(new Connect(connect, meter));
        else return next(context);
        features.Set(meter);
        return next(context);
    });

    private sealed class Upgrade(IHttpUpgradeFeature inner, FrameMeter meter) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() => new MeteredStream(await inner.UpgradeAsync(), meter);
    }

    private sealed class Connect(IHttpExtendedConnectFeature inner, FrameMeter meter) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => inner.IsExtendedConnect;

        public string? Protocol => inner.Protocol;

        public async ValueTask<Stream> AcceptAsync() => new MeteredStream(await inner.AcceptAsync(), meter);
    }
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Tests.Service;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Causeway.Signalling.Tests.Diagnostics;

public sealed class MetricsTests : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task What_happens_is_counted_by_its_reason()
    {
        await using var server = await TestServer.StartAsync(("limits:badMessages", "1"));
        Listen(server);
        using var ann = await server.JoinAsync("tea");
        using var bob = await server.JoinAsync("tea");
        using var refused = await server.ConnectAsync("https://evil.example");
        await refused.ReceiveCloseAsync();
        await ann.SendSignalAsync(bob.Member, 1);
        await ann.SendSignalAsync(bob.Member, 3);
        await ann.DrainAsync();
        await bob.SendTextAsync("nonsense");
        await bob.SendTextAsync("nonsense");
        await bob.ReceiveCloseAsync();
        await ann.ReceiveAsync<Left>();

        await TestServer.EventuallyAsync(() => Count("connections.closed code=4000 side=server") == 1, "counting the close");
        Assert.Equal((2, 1), (Count("upgrades outcome=accepted"), Count("upgrades outcome=origin")));
        await TestServer.EventuallyAsync(
            () => Count("connections.closed code=1008 side=server") == 1, "counting the close of the refused one");
        Assert.Equal((2, 1), (Count("sessions.joined"), Count("sessions.ended reason=removed")));
        Assert.Equal((2, 2), (Count("messages.received type=hello"), Count("messages.received type=signal")));
        Assert.Equal((1, 1), (Count("signals outcome=taken"), Count("signals outcome=gap")));
        Assert.Equal((2, 1), (Count("messages.refused code=bad-message"), Count("messages.refused code=gap")));
        _listener.RecordObservableInstruments();
        Assert.Equal((1, 1), (Count("sessions"), Count("rooms")));
    }

    private long Count(string what) => _counts.GetValueOrDefault($"causeway.signalling.{what}");

    // Servers of other tests in this process count under the same names; a meter's scope tells whose it is.
    private void Listen(TestServer server)
    {
        var meters = server.App.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == SignallingMetrics.MeterName && instrument.Meter.Scope == meters)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var key = instrument.Name
                + string.Concat(tags.ToArray().Select(tag => string.Create(CultureInfo.InvariantCulture, $" {tag.Key}={tag.Value}")));
            _counts.AddOrUpdate(key, value, (_, sum) => sum + value);
        });
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _counts[instrument.Name] = value);
        _listener.Start();
    }
}

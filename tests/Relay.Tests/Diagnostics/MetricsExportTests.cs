using System.Text.RegularExpressions;
using Causeway.Relay.Tests.Hosting;

namespace Causeway.Relay.Tests.Diagnostics;

/// <summary>Metrics are exported if OpenTelemetry's variables name a collector, and a failing collector doesn't affect the relay.</summary>
public sealed partial class MetricsExportTests
{
    private static RelayProcess Start(params (string Name, string Value)[] environment) => new(
        [
            "--relay:listeners:0:address", "127.0.0.1", "--relay:listeners:0:port", "0", "--relay:addresses:0:address", "127.0.0.1",
            "--relay:allowPeers:0", "127.0.0.0/8", "--relay:secrets:0", TestRelay.Secret, "--relay:heartbeat:generation", "g0123456789",
        ],
        [("OTEL_METRIC_EXPORT_INTERVAL", "200"), .. environment]);

    [Theory]
    [InlineData(null, "POST /v1/metrics application/x-protobuf")]
    [InlineData("http/protobuf", "POST /v1/metrics application/x-protobuf")]
    [InlineData("grpc", "POST /opentelemetry.proto.collector.metrics.v1.MetricsService/Export application/grpc")]
    public async Task Metrics_reach_the_collector_in_the_protocol_asked_for(string? protocol, string request)
    {
        await using var collector = await OtlpCollector.StartAsync(grpc: protocol == "grpc");
        using var relay = Start(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol ?? ""),
            ("OTEL_RESOURCE_ATTRIBUTES", "team=calls"));

        // The allocation is that of the relay's own probe; a busy machine may need a second one.
        var export = await collector.ExportAsync(export => export.Metrics.GetValueOrDefault("causeway.relay.allocations.made") >= 1);
        // Usually none; a probe that timed out leaves a datagram without a permission.
        Assert.InRange(
            export.Metrics.GetValueOrDefault("causeway.relay.drops", -1), 0, export.Metrics["causeway.relay.allocations.made"] - 1);
        Assert.True(export.Metrics["causeway.relay.packets"] > 0);
        Assert.True(export.Metrics["dotnet.process.memory.working_set"] > 1_000_000);
        Assert.Equal("causeway-relay", export.Resource["service.name"]);
        Assert.Matches(@"^\d+\.\d+\.\d+", export.Resource["service.version"]);
        Assert.Equal(Environment.MachineName, export.Resource["host.name"]);
        Assert.Equal("g0123456789", export.Resource["causeway.generation"]);
        Assert.Equal("calls", export.Resource["team"]);
        Assert.Equal([request], collector.Requests);
    }

    [Fact]
    public async Task Without_a_collector_nothing_of_it_is_loaded()
    {
        using var without = Start();
        await without.LineAsync(Ready());
        Assert.DoesNotContain(
            "OpenTelemetry",
            await File.ReadAllTextAsync($"/proc/{without.Id}/maps", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);

        await using var collector = await OtlpCollector.StartAsync();
        using var with = Start(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address));
        await with.LineAsync(Ready());
        Assert.Contains(
            "OpenTelemetry",
            await File.ReadAllTextAsync($"/proc/{with.Id}/maps", TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_fails_is_logged_once_and_the_relay_goes_on()
    {
        await using var collector = await OtlpCollector.StartAsync(status: 500);
        using var relay = Start(("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address));
        await relay.LineAsync(Failing());
        var before = collector.Count;
        await TestWait.UntilAsync(() => collector.Count >= before + 3);

        await relay.SignalAsync("TERM");
        Assert.Equal(0, await relay.ExitAsync());
        Assert.DoesNotContain(await relay.RestAsync(), line => Failing().IsMatch(line));
        Assert.Equal("", relay.Errors);
    }

    [Fact]
    public async Task A_collector_that_is_not_there_is_logged_and_the_relay_is_ready()
    {
        using var relay = Start(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"));
        await relay.LineAsync(Failing());
        await relay.SignalAsync("TERM");
        Assert.Equal(0, await relay.ExitAsync());
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "OTEL_EXPORTER_OTLP_ENDPOINT: is not an http or https URL")]
    [InlineData(
        "OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_PROTOCOL: http/json is not supported; write grpc or http/protobuf")]
    public async Task A_mistake_in_the_variables_is_logged_and_the_relay_is_ready(string name, string value, string mistake)
    {
        using var relay = Start(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), (name, value));
        var line = await relay.LineAsync(Nowhere());
        Assert.Contains(mistake, line, StringComparison.Ordinal);
        await relay.LineAsync(Ready());
    }

    [GeneratedRegex("Ready: a probe was relayed")]
    private static partial Regex Ready();

    [GeneratedRegex("Exporting metrics failed")]
    private static partial Regex Failing();

    [GeneratedRegex("Not exporting metrics")]
    private static partial Regex Nowhere();
}

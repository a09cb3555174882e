using Causeway.Signalling.Tests.Service;

namespace Causeway.Signalling.Tests;

public sealed partial class ProgramTests
{
    [Fact]
    public async Task Metrics_reach_the_collector_that_the_environment_names()
    {
        await using var collector = await OtlpCollector.StartAsync();
        using var run = Start(
            [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_METRIC_EXPORT_INTERVAL", "200")],
            "--signalling:listen:0", "http://127.0.0.1:0", "--signalling:relays:generation", "g0123456789");
        try
        {
            var address = await AddressAsync(run);
            using var client = await TestClient.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws" }.Uri);
            await client.HelloAsync("tea");

            var export = await collector.ExportAsync(
                export => export.Metrics.GetValueOrDefault("causeway.signalling.sessions.joined") == 1);
            Assert.Equal(1, export.Metrics["causeway.signalling.sessions"]);
            Assert.Contains("kestrel.active_connections", export.Metrics.Keys);
            Assert.Contains("orleans-catalog-activations", export.Metrics.Keys);
            Assert.Contains("dotnet.process.cpu.time", export.Metrics.Keys);
            Assert.Equal("causeway-signalling", export.Resource["service.name"]);
            Assert.Equal("g0123456789", export.Resource["causeway.generation"]);
            Assert.Equal(["POST /v1/metrics application/x-protobuf"], collector.Requests);
        }
        finally
        {
            run.Kill();
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_collector_that_is_not_there_does_not_keep_it_from_serving()
    {
        using var run = Start(
            [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), ("OTEL_METRIC_EXPORT_INTERVAL", "200")], "--signalling:listen:0",
            "http://127.0.0.1:0");
        try
        {
            var address = await AddressAsync(run);
            using var http = new HttpClient { BaseAddress = address };
            await TestServer.EventuallyAsync(
                async () => (await http.GetAsync("/healthz", TestContext.Current.CancellationToken)).IsSuccessStatusCode,
                "that it is well");
        }
        finally
        {
            run.Kill();
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }
}

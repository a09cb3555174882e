using System.Diagnostics.Tracing;
using System.Reflection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Causeway.Relay.Diagnostics;

/// <summary>OpenTelemetry's exporter. It reads endpoint, headers, protocol and interval from the environment itself.</summary>
internal sealed class OtlpExport : IDisposable
{
    private readonly MeterProvider _provider;
    private readonly Failures _failures;

    public OtlpExport(string service, string generation, IEnumerable<string> meters, bool defaultProtocol, ILogger logger)
    {
        var version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var attributes = new Dictionary<string, object> { ["host.name"] = Environment.MachineName };
        if (generation.Length > 0) attributes.Add("causeway.generation", generation);

        // Before the exporter, to receive its first events.
        _failures = new(logger);
        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource
                .AddService(service, serviceVersion: version, serviceInstanceId: Environment.MachineName)
                .AddAttributes(attributes)
                // Last, so that the operator's OTEL_RESOURCE_ATTRIBUTES win.
                .AddEnvironmentVariableDetector())
            .AddMeter([.. meters])
            .AddOtlpExporter(exporter =>
            {
                // The specification's default; the library's is gRPC.
                if (defaultProtocol) exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            })
            .Build();
    }

    /// <summary>Exports once more, and stops.</summary>
    public void Dispose()
    {
        _provider.Dispose();
        _failures.Dispose();
    }

    /// <summary>Logs the exporter's failures, which it reports to event sources only.</summary>
    private sealed class Failures(ILogger logger) : EventListener
    {
        private static readonly TimeSpan Silence = TimeSpan.FromHours(1);

        private readonly Lock _lock = new();
        private long? _loggedAt;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol") EnableEvents(eventSource, EventLevel.Error);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            lock (_lock)
            {
                if (_loggedAt is { } last && TimeProvider.System.GetElapsedTime(last) < Silence) return;
                _loggedAt = TimeProvider.System.GetTimestamp();
            }
            // The reason is the last text; only its first line, without the stack.
            var reason = eventData.Payload?.OfType<string>().LastOrDefault() ?? eventData.EventName ?? "no reason given";
            logger.MetricsFail(reason.Split('\n')[0].Trim());
        }
    }
}

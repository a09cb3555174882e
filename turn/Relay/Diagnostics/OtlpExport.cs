using System.Diagnostics.Tracing;
using System.Reflection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Causeway.Relay.Diagnostics;

/// <summary>OpenTelemetry's exporter at work; it reads addresses, headers, protocol and interval from the variables of the specification by itself.</summary>
internal sealed class OtlpExport : IDisposable
{
    private readonly MeterProvider _provider;
    private readonly Failures _failures;

    public OtlpExport(string service, string generation, IEnumerable<string> meters, bool defaultProtocol, ILogger logger)
    {
        var version = Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var attributes = new Dictionary<string, object> { ["host.name"] = Environment.MachineName };
        if (generation.Length > 0) attributes.Add("causeway.generation", generation);

        // Before the exporter, so that its first words are heard.
        _failures = new(logger);
        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource
                .AddService(service, serviceVersion: version, serviceInstanceId: Environment.MachineName)
                .AddAttributes(attributes)
                // Last: the operator's own OTEL_RESOURCE_ATTRIBUTES win.
                .AddEnvironmentVariableDetector())
            .AddMeter([.. meters])
            .AddOtlpExporter(exporter =>
            {
                // The specification's default; the library's is gRPC.
                if (defaultProtocol) exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            })
            .Build();
    }

    /// <summary>Sends once more, and ends.</summary>
    public void Dispose()
    {
        _provider.Dispose();
        _failures.Dispose();
    }

    /// <summary>Hears what the exporter says of itself, which it says to event sources only.</summary>
    private sealed class Failures(ILogger logger) : EventListener
    {
        private static readonly TimeSpan Silence = TimeSpan.FromHours(1);

        private readonly Lock _lock = new();
        private long? _said;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol") EnableEvents(eventSource, EventLevel.Error);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            lock (_lock)
            {
                if (_said is { } last && TimeProvider.System.GetElapsedTime(last) < Silence) return;
                _said = TimeProvider.System.GetTimestamp();
            }
            // The reason stands last; the first line of it, without the stack.
            var reason = eventData.Payload?.OfType<string>().LastOrDefault() ?? eventData.EventName ?? "no reason given";
            logger.MetricsFail(reason.Split('\n')[0].Trim());
        }
    }
}

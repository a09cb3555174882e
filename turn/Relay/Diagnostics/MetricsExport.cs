using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Diagnostics;

/// <summary>
/// Exports a service's metrics over OTLP if the environment variables of OpenTelemetry's specification (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>
/// and others) request it. Otherwise the exporter is not even loaded. A failing collector doesn't affect the service; it is logged, at most
/// once an hour.
/// </summary>
public static class MetricsExport
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    // Variables for metrics only override those for all signals.
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", Endpoint];
    private static readonly string[] Protocols = ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", Protocol];

    /// <summary>The .NET runtime's meter: memory, collections, threads, exceptions, processor time.</summary>
    public const string RuntimeMeter = "System.Runtime";

    /// <summary>Starts to export.</summary>
    /// <param name="service">The service's name, as <c>causeway-relay</c>.</param>
    /// <param name="generation">The host's generation; empty without one.</param>
    /// <param name="meters">The names of the exported meters.</param>
    /// <param name="loggers">The log.</param>
    /// <returns>
    /// Disposing it exports once more, for a few seconds at most, and stops. Null if the environment doesn't request an export.
    /// </returns>
    public static IDisposable? Start(string service, string generation, IEnumerable<string> meters, ILoggerFactory loggers)
    {
        if (Variable(Endpoints) is not { } endpoint) return null;
        if (Variable(["OTEL_SDK_DISABLED"]) == "true" || Variable(["OTEL_METRICS_EXPORTER"]) == "none") return null;

        var logger = loggers.CreateLogger("Causeway.Metrics");
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            // Without the value: it may be a secret by mistake.
            logger.MetricsNotExported($"{Endpoint}: is not an http or https URL, as http://127.0.0.1:4318");
            return null;
        }
        if (Variable(Protocols) is { } protocol && protocol is not ("grpc" or "http/protobuf"))
        {
            logger.MetricsNotExported($"{Protocol}: {protocol} is not supported; write grpc or http/protobuf");
            return null;
        }

        logger.MetricsExported(url.GetLeftPart(UriPartial.Authority));
        return Export(service, generation, meters, logger);
    }

    private static string? Variable(IEnumerable<string> names) =>
        names.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is { Length: > 0 });

    // A separate method, so that the libraries are loaded only when they are used.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Export(string service, string generation, IEnumerable<string> meters, ILogger logger) =>
        new(service, generation, meters, defaultProtocol: Variable(Protocols) is null, logger);
}

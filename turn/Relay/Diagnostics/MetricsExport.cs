using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Diagnostics;

/// <summary>
/// Sends a service's metrics over OTLP, where the variables of OpenTelemetry's specification (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and those beside it) ask for it. Where
/// they do not, nothing of it is even loaded. A collector that fails never hurts the service; it is logged, at most once an hour.
/// </summary>
public static class MetricsExport
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    // Those that are for metrics alone win over those for every signal.
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", Endpoint];
    private static readonly string[] Protocols = ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", Protocol];

    /// <summary>The .NET runtime's own meter: memory, collections, threads, exceptions, processor time.</summary>
    public const string RuntimeMeter = "System.Runtime";

    /// <summary>Starts sending.</summary>
    /// <param name="service">The service's name, as <c>causeway-relay</c>.</param>
    /// <param name="generation">The generation of the host; empty: none.</param>
    /// <param name="meters">The names of the meters whose instruments are sent.</param>
    /// <param name="loggers">Where it is logged that metrics are sent, or why they are not.</param>
    /// <returns>What ends it, after a last send that takes seconds at most; null when the environment asks for nothing.</returns>
    public static IDisposable? Start(string service, string generation, IEnumerable<string> meters, ILoggerFactory loggers)
    {
        if (Variable(Endpoints) is not { } endpoint || Variable(["OTEL_SDK_DISABLED"]) == "true" || Variable(["OTEL_METRICS_EXPORTER"]) == "none") return null;

        var logger = loggers.CreateLogger("Causeway.Metrics");
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            // Not the value: what somebody mistakes for it may be a secret.
            logger.MetricsNotExported($"{Endpoint}: is no http or https URL, as http://127.0.0.1:4318");
            return null;
        }
        if (Variable(Protocols) is { } protocol && protocol is not ("grpc" or "http/protobuf"))
        {
            logger.MetricsNotExported($"{Protocol}: {protocol} is not spoken here; write grpc or http/protobuf");
            return null;
        }

        logger.MetricsExported(url.GetLeftPart(UriPartial.Authority));
        return Export(service, generation, meters, logger);
    }

    private static string? Variable(IEnumerable<string> names) => names.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is { Length: > 0 });

    // Apart from what decides, so that the libraries are loaded only when they are used.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static OtlpExport Export(string service, string generation, IEnumerable<string> meters, ILogger logger) =>
        new(service, generation, meters, defaultProtocol: Variable(Protocols) is null, logger);
}

using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Causeway.Tests.Support.Metrics;

/// <summary>One export: the resource's attributes, and each metric's name with the sum of its points.</summary>
public sealed record Export(IReadOnlyDictionary<string, string> Resource, IReadOnlyDictionary<string, double> Metrics);

/// <summary>A collector of metrics over OTLP, by HTTP/protobuf or gRPC, on a port of the system's choice.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<Export> _exports = Channel.CreateUnbounded<Export>();
    private readonly ConcurrentBag<string> _requests = [];

    private OtlpCollector(HttpProtocols protocols, int status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        _app = builder.Build();
        _app.MapPost("/v1/metrics", context => TakeAsync(context, 0, status));
        // Five bytes stand before a gRPC message: whether it is compressed, and its length.
        _app.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", context => TakeAsync(context, 5, status));
    }

    /// <summary>Starts one.</summary>
    /// <param name="grpc">Whether it speaks HTTP/2 without TLS, as gRPC does, and nothing else.</param>
    /// <param name="status">What it answers.</param>
    public static async Task<OtlpCollector> StartAsync(bool grpc = false, int status = 200)
    {
        var collector = new OtlpCollector(grpc ? HttpProtocols.Http2 : HttpProtocols.Http1, status);
        await collector._app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>What was asked, as <c>POST /v1/metrics application/x-protobuf</c>.</summary>
    public IEnumerable<string> Requests => _requests.Distinct();

    /// <summary>How often it was asked.</summary>
    public int Count => _requests.Count;

    /// <summary>Waits for an export that satisfies a condition.</summary>
    public async Task<Export> ExportAsync(Func<Export, bool> wanted)
    {
        await foreach (var export in _exports.Reader.ReadAllAsync(Running.Deadline.Token))
            if (wanted(export)) return export;
        throw new InvalidOperationException("the collector ended");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context, int before, int status)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        _requests.Add($"{context.Request.Method} {context.Request.Path} {context.Request.ContentType}");
        context.Response.StatusCode = status;
        if (status != 200) return;

        try
        {
            await _exports.Writer.WriteAsync(Read(body.ToArray()[before..]));
        }
        catch (Exception unread)
        {
            _exports.Writer.TryComplete(unread);
            throw;
        }
        context.Response.ContentType = context.Request.ContentType;
        if (before == 0) return;
        await context.Response.Body.WriteAsync(new byte[before]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    // opentelemetry-proto, metrics/v1: ExportMetricsServiceRequest 1→ ResourceMetrics { 1→ Resource { 1→ KeyValue }, 2→ ScopeMetrics { 2→
    // Metric } }.
    private static Export Read(byte[] request)
    {
        var (resource, metrics) = (new Dictionary<string, string>(), new Dictionary<string, double>());
        foreach (var resourceMetrics in Fields(request, 1))
        {
            foreach (var attribute in Fields(resourceMetrics, 1).SelectMany(one => Fields(one, 1)))
                resource[Text(attribute, 1)] = Text(Fields(attribute, 2).Single(), 1);
            foreach (var metric in Fields(resourceMetrics, 2).SelectMany(scope => Fields(scope, 2)))
                metrics[Text(metric, 1)] = Fields(metric, 5).Concat(Fields(metric, 7)).SelectMany(data => Fields(data, 1)).Sum(Value);
        }
        return new(resource, metrics);
    }

    // NumberDataPoint: 4 is a double, 6 a signed integer, both in eight bytes.
    private static double Value(byte[] point) =>
        Fields(point, 4).Sum(bytes => BitConverter.ToDouble(bytes)) + Fields(point, 6).Sum(bytes => (double)BitConverter.ToInt64(bytes));

    private static string Text(byte[] message, int field) => string.Concat(Fields(message, field).Select(Encoding.UTF8.GetString));

    // The bytes of a field, as often as it occurs (protobuf's encoding: a varint of number and wire type, then the value).
    private static List<byte[]> Fields(byte[] message, int wanted)
    {
        var found = new List<byte[]>();
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            var length = (key & 7) switch
            {
                0 => 0,
                1 => 8,
                2 => (int)Varint(message, ref at),
                5 => 4,
                var other => throw new InvalidDataException($"wire type {other}"),
            };
            if ((key & 7) == 0) Varint(message, ref at);
            if (key >> 3 == wanted) found.Add(message[at..(at + length)]);
            at += length;
        }
        return found;
    }

    private static long Varint(byte[] message, ref int at)
    {
        var value = 0L;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (part & 0x7FL) << shift;
            if (part < 0x80) return value;
        }
    }
}

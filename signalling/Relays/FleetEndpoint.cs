using System.Text;
using Causeway.Signalling.Hosting;
using Causeway.Signalling.Options;
using Causeway.Turn.Fleet;
using Microsoft.AspNetCore.Http.Features;

namespace Causeway.Signalling.Relays;

/// <summary>
/// <c>/relays/heartbeat</c> and <c>/relays/admission</c>: bounded, signed by who may speak, answered with a signature that is bound to the request.
/// </summary>
internal sealed class FleetEndpoint(RelayFleetOptions options, RelayRegistry registry, SignallingMetrics metrics, TimeProvider time, ILogger<FleetEndpoint> log)
{
    private readonly IReadOnlyList<string> _heartbeatKeys = Keys(options.HeartbeatKeysFile);
    private readonly IReadOnlyList<string> _admissionKeys = Keys(options.AdmissionKeysFile);
    private readonly LogInterval _refusals = new(time);
    private Admission? _lastAdmission;

    /// <summary>Maps what the settings ask for.</summary>
    public static void Map(WebApplication app)
    {
        var endpoint = app.Services.GetRequiredService<FleetEndpoint>();
        app.MapPost(Heartbeat.Path, endpoint.HeartbeatAsync);
        app.MapPost(Admission.Path, endpoint.AdmissionAsync);
    }

    private Task HeartbeatAsync(HttpContext context) =>
        _heartbeatKeys.Count == 0
            ? RefuseAsync(context, StatusCodes.Status404NotFound, "off", "this server takes no heartbeats; set signalling.relays.heartbeatKeysFile")
            : !options.PublicHeartbeats && !FleetListener.IsOf(context)
                ? RefuseAsync(context, StatusCodes.Status403Forbidden, "listener", "heartbeats are taken on loopback alone; set signalling.relays.publicHeartbeats for relays on other hosts")
                : TakeAsync(context, Heartbeat.Path, Heartbeat.MaxBytes, _heartbeatKeys, Heartbeats);

    private Task AdmissionAsync(HttpContext context) =>
        _admissionKeys.Count == 0
            ? RefuseAsync(context, StatusCodes.Status404NotFound, "off", "this server takes no admissions; set signalling.relays.admissionKeysFile")
            : TakeAsync(context, Admission.Path, Admission.MaxBytes, _admissionKeys, Admissions);

    private (byte[]? Answer, int Status, string Reason, string Text) Heartbeats(byte[] body)
    {
        if (!FleetJson.TryRead(body, out Heartbeat? heartbeat, out var unreadable)) return (null, StatusCodes.Status400BadRequest, "malformed", unreadable);
        return registry.Take(heartbeat, out var fault) is { } answer
            ? (FleetJson.Write(answer), StatusCodes.Status200OK, "", "")
            : (null, fault!.Reason == "full" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status409Conflict, fault.Reason, fault.Message);
    }

    private (byte[]? Answer, int Status, string Reason, string Text) Admissions(byte[] body)
    {
        if (!FleetJson.TryRead(body, out Admission? admission, out var unreadable)) return (null, StatusCodes.Status400BadRequest, "malformed", unreadable);
        if (registry.Admit(admission, out var fault) is not { } answer) return (null, StatusCodes.Status409Conflict, "stale", fault!);
        // The gate says the same again and again until the right host has heard it.
        if (answer.Applied && (Interlocked.Exchange(ref _lastAdmission, admission) is not { } last || !last.Generations.SequenceEqual(admission.Generations)))
            log.Admitted(string.Join(", ", admission.Generations));
        return (FleetJson.Write(answer), StatusCodes.Status200OK, "", "");
    }

    private async Task TakeAsync(HttpContext context, string path, int most, IReadOnlyList<string> keys, Func<byte[], (byte[]? Answer, int Status, string Reason, string Text)> take)
    {
        if (await ReadAsync(context, most) is not { } body)
        {
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, "too_large", $"a message for {path} has at most {most} bytes");
            return;
        }

        string? signature = context.Request.Headers[FleetSignature.Header];
        if (FleetSignature.KeyOf(keys, path, body, signature) is not { } key)
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "signature", $"{FleetSignature.Header}: is missing or wrong; both sides need the same key");
            return;
        }

        var (answer, status, reason, text) = take(body);
        if (answer is null)
        {
            await RefuseAsync(context, status, reason, text);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers[FleetSignature.Header] = FleetSignature.SignAnswer(key, path, signature!, answer);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }

    // Null when there is more than may be.
    private static async Task<byte[]?> ReadAsync(HttpContext context, int most)
    {
        if (context.Request.ContentLength > most) return null;
        // The server as a whole takes no bodies.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound) bound.MaxRequestBodySize = most + 1;
        try
        {
            var buffer = new byte[most + 1];
            var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
            return length <= most ? buffer[..length] : null;
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }

    private Task RefuseAsync(HttpContext context, int status, string reason, string text)
    {
        metrics.FleetRefused(reason);
        if (_refusals.MayTell()) log.FleetRefused(context.Request.Path, status, text);
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = "text/plain; charset=utf-8";
        // What was not read stays unread. (Only HTTP/1.1 has such a header.)
        if (status == StatusCodes.Status413PayloadTooLarge && HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.Connection = "close";
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text + "\n"), context.RequestAborted).AsTask();
    }

    private static IReadOnlyList<string> Keys(string? file)
    {
        if (file is null) return [];
        var mistakes = new List<string>();
        var keys = FleetKeys.Load("signalling.relays", file, mistakes);
        return mistakes.Count == 0 ? keys : throw new StartException(mistakes);
    }
}

using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Causeway.Turn.Fleet;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Relays;

/// <summary>
/// <c>/relays/heartbeat</c> and <c>/relays/admission</c>: limited in size, signed by relay or gate, answered with a signature that is bound
/// to the request.
/// </summary>
internal sealed class FleetEndpoint(
    IOptions<SignallingOptions> settings, RelayRegistry registry, SignallingMetrics metrics, TimeProvider time, ILogger<FleetEndpoint> log)
{
    private readonly RelayFleetOptions _options = settings.Value.Relays;
    private readonly IReadOnlyList<string> _heartbeatKeys = Keys(settings.Value.Relays.HeartbeatKeysFile);
    private readonly IReadOnlyList<string> _admissionKeys = Keys(settings.Value.Relays.AdmissionKeysFile);
    private readonly LogInterval _refusals = new(time);
    private Admission? _lastAdmission;

    /// <summary>Maps both paths.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapPost(Heartbeat.Path, HeartbeatAsync);
        app.MapPost(Admission.Path, AdmissionAsync);
    }

    private Task HeartbeatAsync(HttpContext context)
    {
        if (_heartbeatKeys.Count == 0)
            return RefuseAsync(context, Refused(404, "off", "this server takes no heartbeats; set signalling.relays.heartbeatKeysFile"));
        if (!_options.PublicHeartbeats && !FleetListener.IsOf(context))
        {
            return RefuseAsync(context, Refused(
                403, "listener",
                "heartbeats are accepted on loopback only; set signalling.relays.publicHeartbeats for relays on other hosts"));
        }

        return TakeAsync(context, Heartbeat.Path, Heartbeat.MaxBytes, _heartbeatKeys, Take);
    }

    private Task AdmissionAsync(HttpContext context) => _admissionKeys.Count == 0
        ? RefuseAsync(context, Refused(404, "off", "this server takes no admissions; set signalling.relays.admissionKeysFile"))
        : TakeAsync(context, Admission.Path, Admission.MaxBytes, _admissionKeys, Admit);

    private Answer Take(byte[] body)
    {
        if (!FleetJson.TryRead(body, out Heartbeat? heartbeat, out var unreadable)) return Refused(400, "malformed", unreadable);
        return registry.Take(heartbeat, out var fault) is { } answer
            ? new(200, Body: FleetJson.Write(answer))
            : Refused(fault!.Reason == HeartbeatFault.Full ? 503 : 409, fault.Reason, fault.Message);
    }

    private Answer Admit(byte[] body)
    {
        if (!FleetJson.TryRead(body, out Admission? admission, out var unreadable)) return Refused(400, "malformed", unreadable);
        if (registry.Admit(admission, out var fault) is not { } answer) return Refused(409, "stale", fault!);
        // The gate repeats an admission until the right host has received it.
        var last = answer.Applied ? Interlocked.Exchange(ref _lastAdmission, admission) : admission;
        if (last?.Generations.SequenceEqual(admission.Generations) != true) log.Admitted(string.Join(", ", admission.Generations));
        return new(200, Body: FleetJson.Write(answer));
    }

    private async Task TakeAsync(HttpContext context, string path, int most, IReadOnlyList<string> keys, Func<byte[], Answer> take)
    {
        if (await ReadAsync(context, most) is not { } body)
        {
            // The rest of the body stays unread. (Only HTTP/1.1 has this header.)
            if (HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.Connection = "close";
            await RefuseAsync(context, Refused(413, "too_large", $"a message for {path} has at most {most} bytes"));
            return;
        }

        string? signature = context.Request.Headers[FleetSignature.Header];
        if (FleetSignature.KeyOf(keys, path, body, signature) is not { } key)
        {
            await RefuseAsync(
                context, Refused(401, "signature", $"{FleetSignature.Header}: missing or wrong; both sides need the same key"));
            return;
        }

        var answer = take(body);
        if (answer.Body is not { } accepted)
        {
            await RefuseAsync(context, answer);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers[FleetSignature.Header] = FleetSignature.SignAnswer(key, path, signature!, accepted);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = accepted.Length;
        await context.Response.BodyWriter.WriteAsync(accepted, context.RequestAborted);
    }

    // Null for a body that is too large.
    private static async Task<byte[]?> ReadAsync(HttpContext context, int most)
    {
        if (context.Request.ContentLength > most) return null;
        // Kestrel refuses every body otherwise.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound) bound.MaxRequestBodySize = most + 1;
        try
        {
            var buffer = new byte[most + 1];
            var length = await context.Request.Body.ReadAtLeastAsync(
                buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
            return length <= most ? buffer[..length] : null;
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }

    private Task RefuseAsync(HttpContext context, Answer refusal)
    {
        metrics.FleetRefused(refusal.Reason);
        if (_refusals.MayLog()) log.FleetRefused(context.Request.Path, refusal.Status, refusal.Text);
        context.Response.Headers.CacheControl = "no-store";
        return TextAnswer.WriteAsync(context, refusal.Status, refusal.Text);
    }

    private static Answer Refused(int status, string reason, string text) => new(status, reason, text);

    private static IReadOnlyList<string> Keys(string? file)
    {
        if (file is null) return [];
        var mistakes = new List<string>();
        var keys = FleetKeys.Load("signalling.relays", file, mistakes);
        return mistakes.Count == 0 ? keys : throw new StartException(mistakes);
    }

    // The status with the body of an accepted message, or with the reason (one word, for metrics) and the text of a refusal.
    private readonly record struct Answer(int Status, string Reason = "", string Text = "", byte[]? Body = null);
}

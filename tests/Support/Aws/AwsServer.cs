using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Causeway.Tests.Support.Aws;

/// <summary>
/// An account's services at one address on loopback. A request must be signed with credentials that the account gave out, for the service
/// and a region that it is in; the request must be valid, and the caller's policy must allow it. All of it is judged here, once.
/// </summary>
public sealed class AwsServer : IAsyncDisposable
{
    /// <summary>What the names of all services end with.</summary>
    public const string Domain = ".amazonaws.com";

    /// <summary>The account's number.</summary>
    public const string Account = "123456789012";

    private const int MaxBodyBytes = 4 << 20;

    private readonly WebApplication _server;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, AwsApi> _services;
    private readonly RoleSessions _sessions;
    private int _requests;

    private AwsServer(WebApplication server, IReadOnlyList<string> regions, Injection injected, IEnumerable<AwsApi> services)
    {
        (_server, Regions, Injected) = (server, regions, injected);
        _sessions = new(Roles);
        Metadata = new(_sessions);
        _services = services.Append(new StsApi(_sessions)).ToDictionary(service => service.Service);
    }

    /// <summary>Starts it.</summary>
    /// <param name="regions">The regions that are enabled in the account.</param>
    /// <param name="injected">What happens to requests beside what they ask for.</param>
    /// <param name="services">The services beside STS.</param>
    public static async Task<AwsServer> StartAsync(
        IReadOnlyList<string> regions, Injection injected, params IEnumerable<AwsApi> services)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0")
            .ConfigureKestrel(options => options.Limits.MaxRequestBodySize = MaxBodyBytes);
        var server = new AwsServer(builder.Build(), regions, injected, services);
        server._server.Run(server.AnswerAsync);
        await server._server.StartAsync();
        return server;
    }

    /// <summary>The regions that are enabled in the account.</summary>
    public IReadOnlyList<string> Regions { get; }

    /// <summary>The services, by the names that requests are signed for.</summary>
    public IReadOnlyCollection<string> Services => _services.Keys;

    /// <summary>Where every service answers.</summary>
    public string Address => _server.Urls.Single();

    /// <summary>A user's long-lived credentials.</summary>
    public RoleCredentials User { get; } = RoleCredentials.Random() with { Token = "" };

    /// <summary>What was asked and done, as <c>ec2:DescribeImages</c>; what was refused is not in it.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Every request with its outcome.</summary>
    public ConcurrentQueue<LoggedCall> Log { get; } = new();

    /// <summary>What was wrong with requests: a signature, a protocol, a parameter. No account would take them.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>The roles that were taken on, with their session names.</summary>
    public ConcurrentQueue<string> Roles { get; } = new();

    /// <summary>What happens to requests beside what they ask for.</summary>
    public Injection Injected { get; }

    /// <summary>The metadata service of the account's one instance.</summary>
    public InstanceMetadata Metadata { get; }

    /// <summary>Says what right a request lacks; null when it lacks none. Who asks may do everything where this is null.</summary>
    internal Func<ApiCall, string?>? Lacks { get; set; }

    /// <summary>How many requests are answered: an endless caller is a defect, too. Defaults to 50,000.</summary>
    public int MostRequests { get; set; } = 50_000;

    /// <summary>The environment of a program that uses the account with the user's credentials.</summary>
    public Dictionary<string, string?> Environment => new()
    {
        ["AWS_ENDPOINT_URL"] = Address,
        ["AWS_ACCESS_KEY_ID"] = User.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = User.SecretAccessKey,
    };

    /// <summary>Does something with the account's state while no request is carried out.</summary>
    public T Locked<T>(Func<T> look)
    {
        lock (_lock) return look();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _server.DisposeAsync();
        _end.Dispose();
    }

    /// <summary>Answers a request. Servers at other addresses than the account's own call it.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/latest", StringComparison.Ordinal))
        {
            await Metadata.AnswerAsync(context);
            return;
        }
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = AwsRequest.Of(context.Request, body.ToArray());
        if (_sessions.Container(request) is { } container)
        {
            (context.Response.StatusCode, var content) = container;
            await context.Response.WriteAsync(content);
            return;
        }

        var scope = request.Header("authorization").Split("Credential=")[^1].Split(',')[0].Split('/');
        var called = Called(request) ?? scope.ElementAtOrDefault(3) ?? "sts";
        if (!_services.TryGetValue(called, out var service))
        {
            Faults.Enqueue($"{called}: there is no such service");
            context.Response.StatusCode = 404;
            return;
        }
        var region = scope.ElementAtOrDefault(2) ?? "";
        var call = new ApiCall(request, service, region, service.ActionOf(request), CallerOf(scope[0]).Arn);
        if (Injected.Silent.Contains(call.Action))
        {
            var gone = new TaskCompletionSource();
            await using var ended = _end.Token.Register(gone.SetResult);
            await using var aborted = context.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task;
            return;
        }

        var (reply, cut) = await ReplyAsync(service, call, scope[0]);
        if (cut)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = reply.Status;
        if (reply.Status == 204) return;
        context.Response.ContentType = reply.ContentType;
        context.Response.ContentLength = reply.Body.Length;
        if (request.Method != "HEAD") await context.Response.Body.WriteAsync(reply.Body);
    }

    // The service of an AWS host name: secretsmanager.REGION.amazonaws.com, BUCKET.s3.REGION.amazonaws.com. At an address of
    // loopback, where all services are, it is the one that the request is signed for.
    private string? Called(AwsRequest request)
    {
        var host = request.Header("host").Split(':')[0];
        return host.EndsWith(Domain, StringComparison.Ordinal)
            ? host[..^Domain.Length].Split('.').LastOrDefault(_services.ContainsKey) ?? host
            : null;
    }

    private (RoleCredentials? Credentials, string Arn) CallerOf(string key) =>
        key == User.AccessKeyId ? (User, $"arn:aws:iam::{Account}:user/deployer") : _sessions.Of(key);

    private async Task<(AwsReply Reply, bool Cut)> ReplyAsync(AwsApi service, ApiCall call, string key)
    {
        var cut = false;
        try
        {
            if (Interlocked.Increment(ref _requests) > MostRequests)
                throw AwsRefusedException.Fault("ServiceUnavailable", $"more than {MostRequests} requests", 503);
            // The one action that a token is enough for.
            if (call.Action != "sts:AssumeRoleWithWebIdentity") Judge(service, call, key);
            if (Injected.Before is { } before) await before(call);
            // Only who is known, and asks rightly, meets faults; what may be refused is refused as each service words it.
            var fault = Injected.Of(call);
            if (fault?.Kind is FaultKind.CutBefore) return Done(call, default, cut: true);
            if (fault is not null && fault.Kind != FaultKind.CutAfter) throw Wording(service, call, fault);
            if (Injected.Refused.Contains(call.Action)) throw NotAllowed(service, call);
            AwsReply reply;
            lock (_lock)
            {
                if (Lacks?.Invoke(call) is { } right) throw NotAllowed(service, call, right);
                reply = service.Answer(call);
            }
            cut = fault?.Kind == FaultKind.CutAfter;
            return Done(call, reply, cut);
        }
        catch (AwsRefusedException refusal)
        {
            if (refusal.IsFault) Faults.Enqueue($"{call.Action}: {refusal.Code}: {refusal.Detail ?? refusal.Message}");
            Log.Enqueue(new(call, refusal.Status, refusal.Code));
            return (service.Error(refusal), false);
        }
        catch (Exception cause) when (cause is not OperationCanceledException)
        {
            // A defect of the service here, or a request so wrong that it was not foreseen.
            Faults.Enqueue($"{call.Action}: {cause}");
            Log.Enqueue(new(call, 500, "InternalError"));
            return (service.Error(new(500, "InternalError", cause.Message)), false);
        }
    }

    private (AwsReply, bool) Done(ApiCall call, AwsReply reply, bool cut)
    {
        if (!cut) Asked.Enqueue(call.Action);
        Log.Enqueue(new(call, reply.Status, cut ? "cut" : ""));
        return (reply, cut);
    }

    private void Judge(AwsApi service, ApiCall call, string key)
    {
        var region = service.Home ?? (Regions.Contains(call.Region) ? call.Region : Regions[0]);
        if (SigV4.Fault(call.Request, CallerOf(key).Credentials, region, service.Service, DateTimeOffset.UtcNow) is { } fault)
            throw service.Unsigned(fault);
    }

    private static AwsRefusedException Wording(AwsApi service, ApiCall call, InjectedFault fault) => fault.Kind switch
    {
        FaultKind.Throttle => new(service.Throttled.Status, service.Throttled.Code, "Rate exceeded"),
        FaultKind.Refuse => NotAllowed(service, call),
        _ => new(fault.Status, fault.Code, "Injected by the test"),
    };

    private static AwsRefusedException NotAllowed(AwsApi service, ApiCall call, string? right = null) =>
        new(service.Denied.Status, service.Denied.Code, $"User: {call.Caller} is not authorized to perform: {right ?? call.Action}");
}

/// <summary>A request and what came of it.</summary>
/// <param name="Call">What was asked.</param>
/// <param name="Status">The status of the answer; 0 where the connection was cut before anything was done.</param>
/// <param name="Code">The error's code, or <c>cut</c>; empty when it was done.</param>
public sealed record LoggedCall(ApiCall Call, int Status, string Code)
{
    /// <inheritdoc />
    public override string ToString() => $"{Call.Action} {Call.Region} {Status} {Code}".TrimEnd();
}

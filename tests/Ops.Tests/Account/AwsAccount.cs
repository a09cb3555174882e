using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Causeway.Blueprint.Tests.Boot.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Causeway.Ops.Tests.Account;

/// <summary>
/// An AWS account on loopback: STS, EC2, Route 53 and Service Quotas in their own protocols. A request must be signed with credentials that
/// it gave out, for the service's region; what it asks for must be what AWS takes.
/// </summary>
internal sealed class AwsAccount : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly CancellationTokenSource _end = new();

    private AwsAccount(WebApplication server) => _server = server;

    /// <summary>Its number.</summary>
    public const string Id = "123456789012";

    /// <summary>The region that everything in EC2 and Service Quotas is in.</summary>
    public const string Region = "us-east-1";

    /// <summary>Starts it.</summary>
    public static async Task<AwsAccount> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var account = new AwsAccount(builder.Build());
        account._server.Run(account.AnswerAsync);
        await account._server.StartAsync();
        return account;
    }

    /// <summary>Where every service answers.</summary>
    public string Address => _server.Urls.Single();

    /// <summary>A user's long-lived credentials.</summary>
    public RoleCredentials User { get; } = RoleCredentials.Random() with { Token = "" };

    /// <summary>What was asked, as <c>ec2:DescribeImages</c>; what was refused is not in it.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>What was wrong with requests: a signature, a protocol, a parameter.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    /// <summary>The roles that were taken on, with their session names.</summary>
    public ConcurrentQueue<string> Roles { get; } = new();

    /// <summary>The actions that nobody here may do.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>The actions that are never answered.</summary>
    public HashSet<string> Silent { get; } = [];

    /// <summary>EC2's part.</summary>
    public AwsEc2 Ec2 { get; } = new();

    /// <summary>Route 53's.</summary>
    public AwsRoute53 Route53 { get; } = new();

    /// <summary>The quotas that the account was given, by code; the others are those of every account.</summary>
    public Dictionary<string, int> Quotas { get; } = new() { ["L-1216C47A"] = 32 };

    /// <summary>The quotas of every account.</summary>
    public Dictionary<string, int> DefaultQuotas { get; } = new()
    {
        ["L-1216C47A"] = 5,
        ["L-0263D0A3"] = 5,
        ["L-F678F1CE"] = 5,
        ["L-0EA8095F"] = 60,
    };

    /// <summary>The environment of a program that uses the account with the user's credentials.</summary>
    public Dictionary<string, string?> Environment => new()
    {
        ["AWS_ENDPOINT_URL"] = Address,
        ["AWS_ACCESS_KEY_ID"] = User.AccessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = User.SecretAccessKey,
    };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _server.DisposeAsync();
        _end.Dispose();
    }

    // Credentials of roles that were taken on, beside the user's.
    private readonly ConcurrentDictionary<string, (RoleCredentials Credentials, string Arn)> _sessions = new();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = AwsRequest.Of(context.Request, body.ToArray());
        if (Metadata(request) is { } metadata)
        {
            (context.Response.StatusCode, var content) = metadata;
            await context.Response.WriteAsync(content);
            return;
        }

        // Everything is at one address here, so the service is the one that the request is signed for.
        var scope = request.Headers.GetValueOrDefault("authorization", "").Split("Credential=")[^1].Split(',')[0].Split('/');
        var service = scope.ElementAtOrDefault(3) ?? "sts";
        var (action, answer) = Read(service, context.Request, request, scope[0]);
        if (Silent.Contains(action))
        {
            var gone = new TaskCompletionSource();
            await using var ended = _end.Token.Register(gone.SetResult);
            await using var aborted = context.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task;
            return;
        }

        var (status, type, text) = answer;
        if (status == 200) Asked.Enqueue(action);
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));
    }

    // What a container and an instance get their role's credentials from: the one with a token that it was given, the other with one that
    // it asks for (IMDSv2).
    private (int Status, string Text)? Metadata(AwsRequest request)
    {
        const string roles = "/latest/meta-data/iam/security-credentials/";
        return request.Path switch
        {
            "/container" => request.Headers.GetValueOrDefault("authorization") == "container" ? (200, Role("container")) : (401, ""),
            "/latest/api/token" => (request.Method == "PUT" ? 200 : 405, "metadata-session"),
            var path when !path.StartsWith("/latest/", StringComparison.Ordinal) => null,
            _ when request.Headers.GetValueOrDefault("x-aws-ec2-metadata-token") != "metadata-session" => (401, ""),
            "/latest/meta-data/iam/info" => (200, $$"""{ "Code": "Success", "InstanceProfileArn": "arn:aws:iam::{{Id}}:instance-profile/d" }"""),
            roles => (200, "deployer"),
            $"{roles}deployer" => (200, Role("instance")),
            _ => (404, ""),
        };

        string Role(string session)
        {
            var given = TakeOn($"arn:aws:iam::{Id}:role/deployer", session);
            return JsonSerializer.Serialize(
                new { Code = "Success", given.AccessKeyId, given.SecretAccessKey, given.Token, Expiration = "2099-01-01T00:00:00Z" });
        }
    }

    private (string Action, AwsReply Reply) Read(string service, HttpRequest http, AwsRequest request, string key)
    {
        var form = new QueryForm(http.HasFormContentType ? Encoding.UTF8.GetString(request.Body) : "");
        var action = service switch
        {
            "route53" => $"route53:{AwsRoute53.ActionOf(http)}",
            "servicequotas" => $"servicequotas:{request.Headers.GetValueOrDefault("x-amz-target", "").Split('.')[^1]}",
            _ => $"{service}:{form["Action"]}",
        };
        AwsReply Error(int status, string code, string message) => service switch
        {
            "ec2" => AwsEc2.Error(status, code, message),
            "servicequotas" => AwsServiceQuotas.Error(code, message),
            "route53" => AwsRoute53.Error(status, code, message),
            _ => AwsSts.Error(status, code, message),
        };
        AwsReply Fault(int status, string code, string message)
        {
            Faults.Enqueue($"{action}: {code}: {message}");
            return Error(status, code, message);
        }

        // The one action that a token is enough for.
        if (action == "sts:AssumeRoleWithWebIdentity") return (action, AwsSts.Answer(form, "", TakeOn, Fault));
        var (credentials, arn) = key == User.AccessKeyId ? (User, $"arn:aws:iam::{Id}:user/deployer") : _sessions.GetValueOrDefault(key);
        if (credentials is null)
            return (action, Fault(403, "InvalidClientTokenId", "The security token included in the request is invalid."));
        // Route 53 is in us-east-1 for every region; here everything is.
        if (SigV4.Fault(request, credentials, Region, service, DateTimeOffset.UtcNow) is { } fault)
            return (action, Fault(403, "SignatureDoesNotMatch", fault));
        // As each service words it.
        if (Refused.Contains(action))
        {
            var code = service switch { "ec2" => "UnauthorizedOperation", "servicequotas" => "AccessDeniedException", _ => "AccessDenied" };
            return (action, Error(403, code, $"User: {arn} is not authorized to perform: {action}"));
        }
        return (action, service switch
        {
            "ec2" => Ec2.Answer(form, Fault),
            "route53" => Route53.Answer(http, Fault),
            "servicequotas" => AwsServiceQuotas.Answer(request, Quotas, DefaultQuotas, Fault),
            "sts" => AwsSts.Answer(form, arn, TakeOn, Fault),
            _ => Fault(404, "UnknownService", service),
        });
    }

    private RoleCredentials TakeOn(string role, string session)
    {
        var credentials = RoleCredentials.Random();
        _sessions[credentials.AccessKeyId] = (credentials, $"arn:aws:sts::{Id}:assumed-role/{role.Split('/')[^1]}/{session}");
        Roles.Enqueue($"{role} {session}");
        return credentials;
    }
}

/// <summary>An answer of a service.</summary>
internal readonly record struct AwsReply(int Status, string ContentType, string Text)
{
    /// <summary>In XML.</summary>
    public static AwsReply Xml(int status, string body) => new(status, "text/xml", $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{body}");
}

/// <summary>The parameters of AWS's query protocol: <c>Filter.1.Value.2=x</c>.</summary>
internal sealed class QueryForm(string body)
{
    private readonly Dictionary<string, string> _values = body.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[^1].Replace('+', ' ')));

    /// <summary>A parameter; null when it is not there.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The members of a list.</summary>
    public IReadOnlyList<string> List(string prefix) =>
        [.. Enumerable.Range(1, 200).Select(index => this[$"{prefix}.{index}"]).TakeWhile(value => value is not null).OfType<string>()];

    /// <summary>EC2's filters: a name and values.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Filters => Enumerable.Range(1, 50)
        .TakeWhile(index => this[$"Filter.{index}.Name"] is not null)
        .ToDictionary(index => this[$"Filter.{index}.Name"]!, index => List($"Filter.{index}.Value"));
}

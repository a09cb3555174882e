using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Causeway.Tests.Support.Aws.Boot;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Causeway.Blueprint.Tests.Boot.Fakes;

/// <summary>
/// The metadata service (version 2), Secrets Manager and Route 53 of one account, on loopback. Signatures are checked, and so is what the plan's role may do.
/// </summary>
internal sealed class FakeAws : IAsyncDisposable
{
    /// <summary>What Route 53 calls it when an account asks too often.</summary>
    public const string Throttling = "Throttling";

    private const string Token = "metadata-session";
    private readonly Plan _plan;
    private readonly WebApplication _server;

    private readonly RolePermissions _permissions;

    private FakeAws(Plan plan, WebApplication server, int looksUntilInSync)
    {
        (_plan, _server) = (plan, server);
        _permissions = new(plan.Roles.Single(role => role.Name == plan.Hosts[0].Role), Route53.Zone);
        Zone = new(plan.Settings.HostedZone ?? "") { LooksUntilInSync = looksUntilInSync };
    }

    /// <summary>Starts it for a plan's role and secrets.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="looksUntilInSync">How often a change of the zone is looked at before its name servers have it.</param>
    public static async Task<FakeAws> StartAsync(Plan plan, int looksUntilInSync = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var aws = new FakeAws(plan, builder.Build(), looksUntilInSync);
        aws._server.Run(aws.AnswerAsync);
        await aws._server.StartAsync();
        return aws;
    }

    /// <summary>Where all of them answer.</summary>
    public string Address => _server.Urls.Single();

    /// <summary>The role's credentials.</summary>
    public RoleCredentials Role { get; } = RoleCredentials.Random();

    /// <summary>What lies in Secrets Manager, by name; a secret that is not here is empty.</summary>
    public ConcurrentDictionary<string, string> Secrets { get; } = new();

    /// <summary>The hosted zone of the stack's domain.</summary>
    public Route53 Zone { get; }

    /// <summary>The calls to Route 53, as <c>ChangeResourceRecordSets 200</c>.</summary>
    public ConcurrentQueue<string> ZoneCalls { get; } = new();

    /// <summary>The calls to Secrets Manager that were answered, as <c>GetSecretValue NAME 200</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>How many of the next calls of an action are refused, or those of Route 53 told that they are too many (<see cref="Throttling"/>).</summary>
    public ConcurrentDictionary<string, int> Refusals { get; } = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = AwsRequest.Of(context.Request, body.ToArray());
        if (request.Path.StartsWith("/2013-04-01/", StringComparison.Ordinal))
        {
            var zone = OfZone(context.Request, request);
            context.Response.StatusCode = zone.Status;
            await context.Response.Body.WriteAsync(zone.Body);
            return;
        }

        var (status, text) = request.Path.StartsWith("/latest/", StringComparison.Ordinal) ? Metadata(request) : SecretsManager(request);
        context.Response.StatusCode = status;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text));
    }

    private (int Status, string Text) Metadata(AwsRequest request) => request.Path switch
    {
        "/latest/api/token" when request.Method == "PUT" => AwsDemands.Metadata(request.Headers.GetValueOrDefault("x-aws-ec2-metadata-token-ttl-seconds")) ? (200, Token) : (400, ""),
        _ when request.Headers.GetValueOrDefault("x-aws-ec2-metadata-token") != Token => (401, ""),
        "/latest/meta-data/iam/security-credentials/" => (200, _plan.Hosts[0].Role),
        var path when path == $"/latest/meta-data/iam/security-credentials/{_plan.Hosts[0].Role}" => (200, JsonSerializer.Serialize(Role)),
        _ => (404, ""),
    };

    private AwsAnswer OfZone(HttpRequest http, AwsRequest request)
    {
        var call = Zone.Read(http, request.Body);
        var answer =
            SigV4.Fault(request, Role, Zone.Region, Zone.Service, DateTimeOffset.UtcNow) is { } fault ? Zone.Error(403, "SignatureDoesNotMatch", fault)
            : Refuses(Throttling) ? Zone.Error(400, Throttling, "Rate exceeded")
            : !_permissions.Allow(Zone.Service, call) || Refuses(call.Action) ? Zone.Error(403, "AccessDenied", $"the role may not {call.Action} {call.About}")
            : call.Do();
        ZoneCalls.Enqueue($"{call.Action} {answer.Status}");
        return answer;
    }

    private (int Status, string Text) SecretsManager(AwsRequest request)
    {
        if (SigV4.Fault(request, Role, _plan.Settings.Region, "secretsmanager", DateTimeOffset.UtcNow) is { } fault)
            // As the real one: it quotes what should have been signed.
            return Refuse("InvalidSignatureException", $"{fault}\n\nThe Canonical String for this request should have been\n'x-amz-security-token:{request.Headers.GetValueOrDefault("x-amz-security-token")}'");
        var target = request.Headers.GetValueOrDefault("x-amz-target", "");
        var action = target.Split('.')[^1];
        var asked = JsonDocument.Parse(request.Body).RootElement;
        if (AwsDemands.SecretsManager(target, request.Headers.GetValueOrDefault("content-type"), asked) is { } refused) return Refuse(refused.Type, refused.Message);
        var name = asked.GetProperty(action == "CreateSecret" ? "Name" : "SecretId").GetString()!;
        var answer = Answer(action, name, asked);
        Calls.Enqueue($"{action} {name} {answer.Status}");
        return answer;
    }

    private (int Status, string Text) Answer(string action, string name, JsonElement asked)
    {
        var role = _plan.Roles.Single(role => role.Name == _plan.Hosts[0].Role);
        var allowed = role.Statements.Any(statement =>
            statement.Actions.Contains($"secretsmanager:{action}") && statement.Targets.Any(target => target is Iam.Target.Secret secret && secret.Name == name));
        if (!allowed || Refuses(action)) return Refuse("AccessDeniedException", $"the role may not {action} {name}");
        switch (action)
        {
            case "PutSecretValue" when _plan.Secrets.Single(secret => secret.Name == name).MadeByHost && !Secrets.ContainsKey(name):
                return Refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
            case "CreateSecret" when Secrets.ContainsKey(name):
                return Refuse("ResourceExistsException", $"The operation failed because the secret {name} already exists.");
            case "CreateSecret":
            case "PutSecretValue":
                Secrets[name] = asked.GetProperty("SecretString").GetString()!;
                return (200, "{}");
            case "GetSecretValue" when Secrets.TryGetValue(name, out var text):
                return (200, JsonSerializer.Serialize(new { Name = name, SecretString = text }));
            default:
                return Refuse("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");
        }
    }

    private bool Refuses(string action)
    {
        if (Refusals.GetValueOrDefault(action) == 0) return false;
        Refusals[action]--;
        return true;
    }

    private static (int Status, string Text) Refuse(string type, string message) => (400, JsonSerializer.Serialize(new { __type = type, Message = message }));
}

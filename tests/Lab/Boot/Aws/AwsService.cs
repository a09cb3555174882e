using System.Collections.Concurrent;
using Causeway.Blueprint;
using Causeway.Tests.Plans;
using Causeway.Tests.Support.Aws.Boot;
using Microsoft.AspNetCore.Http;

namespace Causeway.Lab.Boot.Aws;

/// <summary>
/// AWS, as far as a host uses it: a request must be signed with the role's credentials, and the plan must have given the role this permission.
/// What it keeps (secrets, records) outlives any host.
/// </summary>
/// <param name="plan">The plan: which objects, secrets and permissions there are.</param>
/// <param name="credentials">The role's.</param>
/// <param name="objects">The bucket's content, by key.</param>
internal sealed class AwsService(Plan plan, RoleCredentials credentials, IReadOnlyDictionary<string, Func<byte[]>> objects)
{
    private readonly RolePermissions _permissions = new(plan.Roles.Single(role => role.Name == plan.Hosts[0].Role), Route53.Zone);

    /// <summary>The secrets.</summary>
    public SecretsManager Secrets { get; } = new(plan);

    /// <summary>The hosted zone of the stack's domain.</summary>
    public Route53 Zone { get; } = new(plan.Settings.HostedZone ?? "");

    /// <summary>What was asked and how it was answered, as <c>s3:GetObject artifacts/... 200</c>.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>What was asked and may not be: without a right signature, or beyond the role's permissions. A host that works has none.</summary>
    public ConcurrentQueue<string> Denied { get; } = new();

    /// <summary>Answers these actions (as <c>secretsmanager:GetSecretValue</c>) with an error of the service, to see what the host makes of it.</summary>
    public Predicate<string> Fails { get; set; } = _ => false;

    /// <summary>Refuses these actions, as if the role had lost the permission.</summary>
    public Predicate<string> Refuses { get; set; } = _ => false;

    /// <summary>The names that hosts call the services by.</summary>
    public IReadOnlyList<string> Names => [.. Services.Select(service => service.HostName)];

    private IReadOnlyList<IAwsApi> Services => field ??= [new S3(plan, objects), Secrets, Zone];

    /// <summary>The answer to a request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var service = Services.Single(candidate => candidate.HostName == context.Request.Host.Host);
        var call = service.Read(context.Request, body.ToArray());
        var action = $"{service.Service}:{call.Action}";

        AwsAnswer answer;
        if (SigV4.Fault(AwsRequest.Of(context.Request, body.ToArray()), credentials, service.Region, service.Service, DateTimeOffset.UtcNow) is { } fault) answer = Deny(service.Error(403, "SignatureDoesNotMatch", fault), fault);
        else if (!_permissions.Allow(service.Service, call)) answer = Deny(service.Error(403, "AccessDenied", $"the role may not {action} {call.About}"), "the role may not");
        else if (Refuses(action)) answer = service.Error(400, "AccessDenied", $"the role may not {action} {call.About}");
        else if (Fails(action)) answer = service.Error(503, "ServiceUnavailable", "try again later");
        else answer = call.Do();

        Log.Enqueue($"{action} {call.About} {answer.Status}");
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.ContentType;
        await context.Response.Body.WriteAsync(answer.Body);

        AwsAnswer Deny(AwsAnswer refusal, string reason)
        {
            Denied.Enqueue($"{action} {call.About}: {reason}");
            return refusal;
        }
    }
}

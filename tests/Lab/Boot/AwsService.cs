using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Causeway.Blueprint;
using Causeway.Blueprint.Access;
using Microsoft.AspNetCore.Http;

namespace Causeway.Lab.Boot;

/// <summary>S3 and Secrets Manager, as far as a host uses them: a request must be signed with the role's credentials, and the plan must have given the role this permission.</summary>
/// <param name="plan">The plan: which objects, secrets and permissions there are.</param>
/// <param name="credentials">The role's.</param>
/// <param name="objects">The bucket's content, by key.</param>
internal sealed class AwsService(Plan plan, SignatureV4 credentials, IReadOnlyDictionary<string, Func<byte[]>> objects)
{
    /// <summary>The secrets' values, by name.</summary>
    public ConcurrentDictionary<string, string> Secrets { get; } = new(plan.Secrets.Where(secret => secret.Value is not null).ToDictionary(secret => secret.Name, secret => secret.Value!.Reveal()));

    /// <summary>What was asked and how it was answered, as <c>s3:GetObject artifacts/... 200</c>.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>Answers every request with an error of the service, to see what the host makes of it.</summary>
    public bool Refuses { get; set; }

    /// <summary>The names that hosts call the services by.</summary>
    public IReadOnlyList<string> Names => [$"{plan.Buckets[0].Name}.s3.{plan.Settings.Region}.amazonaws.com", $"secretsmanager.{plan.Settings.Region}.amazonaws.com"];

    /// <summary>The answer to a request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var isSecrets = context.Request.Host.Host == Names[1];
        var service = isSecrets ? "secretsmanager" : "s3";
        var (action, about, status, answer) = isSecrets ? Secret(context.Request, body.ToArray()) : Object(context.Request);
        if (credentials.Mistake(context.Request, body.ToArray(), plan.Settings.Region, service) is { } mistake) (status, answer) = (403, Error("SignatureDoesNotMatch", mistake));
        else if (!IsAllowed($"{service}:{action}", about)) (status, answer) = (403, Error("AccessDeniedException", $"the role may not {service}:{action} {about}"));
        else if (Refuses) (status, answer) = (503, Error("InternalServiceError", "try again later"));

        Log.Enqueue($"{service}:{action} {about} {status}");
        context.Response.StatusCode = status;
        await context.Response.Body.WriteAsync(answer);
    }

    private (string Action, string About, int Status, byte[] Answer) Object(HttpRequest request)
    {
        var key = request.Path.Value!.TrimStart('/');
        return request.Method == "GET" && objects.TryGetValue(key, out var content) ? ("GetObject", key, 200, content()) : ("GetObject", key, 404, Error("NoSuchKey", key));
    }

    private (string Action, string About, int Status, byte[] Answer) Secret(HttpRequest request, byte[] body)
    {
        var action = request.Headers["X-Amz-Target"].ToString().Split('.')[^1];
        var asked = JsonNode.Parse(body)!;
        var name = asked["SecretId"]!.GetValue<string>();
        switch (action)
        {
            case "GetSecretValue" when Secrets.TryGetValue(name, out var value):
                return (action, name, 200, JsonSerializer.SerializeToUtf8Bytes(new { Name = name, SecretString = value }));
            case "PutSecretValue":
                Secrets[name] = asked["SecretString"]!.GetValue<string>();
                return (action, name, 200, JsonSerializer.SerializeToUtf8Bytes(new { Name = name }));
            default:
                return (action, name, 400, Error("ResourceNotFoundException", $"there is no value of {name}"));
        }
    }

    private bool IsAllowed(string action, string about) => plan.Roles
        .Single(role => role.Name == plan.Hosts[0].Role).Statements
        .Any(statement => statement.Actions.Contains(action) && statement.Targets.Any(target => target switch
        {
            Target.Objects(_, var prefix) => about.StartsWith(prefix, StringComparison.Ordinal),
            Target.Secret(var name) => about == name,
            _ => false,
        }));

    private static byte[] Error(string type, string message) => JsonSerializer.SerializeToUtf8Bytes(new { __type = type, message });
}

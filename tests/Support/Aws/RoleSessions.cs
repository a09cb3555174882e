using System.Collections.Concurrent;
using System.Text.Json;

namespace Causeway.Tests.Support.Aws;

/// <summary>Credentials of roles that were taken on, and the service that gives them to containers.</summary>
public sealed class RoleSessions(ConcurrentQueue<string> taken)
{
    private readonly ConcurrentDictionary<string, (RoleCredentials Credentials, string Arn)> _sessions = new();

    /// <summary>The credentials with a key, and the ARN of who has them.</summary>
    public (RoleCredentials? Credentials, string Arn) Of(string key) =>
        _sessions.TryGetValue(key, out var session) ? session : (null, "");

    /// <summary>Takes a role on.</summary>
    public RoleCredentials TakeOn(string role, string session)
    {
        var credentials = RoleCredentials.Random();
        _sessions[credentials.AccessKeyId] = (
            credentials, $"arn:aws:sts::{AwsServer.Account}:assumed-role/{role.Split('/')[^1]}/{session}");
        taken.Enqueue($"{role} {session}");
        return credentials;
    }

    /// <summary>What a container gets its role's credentials from, with the token that it was given; null for another request.</summary>
    public (int Status, string Text)? Container(AwsRequest request) =>
        request.Path != "/container" ? null
        : request.Header("authorization") != "container" ? (401, "")
        : (200, Json(TakeOn($"arn:aws:iam::{AwsServer.Account}:role/deployer", "container")));

    /// <summary>Credentials as containers and instances get them.</summary>
    internal static string Json(RoleCredentials given) => JsonSerializer.Serialize(new
    {
        Code = "Success",
        Type = "AWS-HMAC",
        given.AccessKeyId,
        given.SecretAccessKey,
        given.Token,
        Expiration = "2099-01-01T00:00:00Z",
    });
}

using System.Collections.Concurrent;
using System.Text.Json;

namespace Causeway.Tests.Support.Aws;

/// <summary>Credentials of roles that were taken on, and the services of containers and instances that give them.</summary>
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
        _sessions[credentials.AccessKeyId] = (credentials, $"arn:aws:sts::{AwsServer.Account}:assumed-role/{role.Split('/')[^1]}/{session}");
        taken.Enqueue($"{role} {session}");
        return credentials;
    }

    /// <summary>
    /// What a container and an instance get their role's credentials from: the one with a token that it was given, the other with one that
    /// it asks for (IMDSv2).
    /// </summary>
    public (int Status, string Text)? Metadata(AwsRequest request)
    {
        const string roles = "/latest/meta-data/iam/security-credentials/";
        return request.Path switch
        {
            "/container" => request.Header("authorization") == "container" ? (200, Role("container")) : (401, ""),
            "/latest/api/token" => (request.Method == "PUT" ? 200 : 405, "metadata-session"),
            var path when !path.StartsWith("/latest/", StringComparison.Ordinal) => null,
            _ when request.Header("x-aws-ec2-metadata-token") != "metadata-session" => (401, ""),
            "/latest/meta-data/iam/info" =>
                (200, $$"""{ "Code": "Success", "InstanceProfileArn": "arn:aws:iam::{{AwsServer.Account}}:instance-profile/d" }"""),
            roles => (200, "deployer"),
            $"{roles}deployer" => (200, Role("instance")),
            _ => (404, ""),
        };

        string Role(string session)
        {
            var given = TakeOn($"arn:aws:iam::{AwsServer.Account}:role/deployer", session);
            return JsonSerializer.Serialize(
                new { Code = "Success", given.AccessKeyId, given.SecretAccessKey, given.Token, Expiration = "2099-01-01T00:00:00Z" });
        }
    }
}

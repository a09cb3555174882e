using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Causeway.Tests.Support.Aws;

/// <summary>
/// The instance metadata service, version 2: each request needs a session token, which a PUT gives ("Use IMDSv2" in the EC2 user guide).
/// </summary>
/// <param name="sessions">The account's role sessions.</param>
public sealed class InstanceMetadata(RoleSessions sessions)
{
    private const string Ttl = "x-aws-ec2-metadata-token-ttl-seconds";
    private const string Credentials = "iam/security-credentials";

    private readonly string _token = RandomNumberGenerator.GetHexString(40);
    private RoleCredentials? _role;

    /// <summary>The name of the instance's role. Defaults to <c>deployer</c>.</summary>
    public string Role { get; set; } = "deployer";

    /// <summary>The role's credentials: the same for every request, in one session.</summary>
    public RoleCredentials RoleCredentials
    {
        get => _role ??= sessions.TakeOn($"arn:aws:iam::{AwsServer.Account}:role/{Role}", "instance");
        set => _role = value;
    }

    /// <summary>What the service knows, by its path below <c>/latest/meta-data</c>.</summary>
    public Dictionary<string, Func<string>> Values { get; } = new(StringComparer.Ordinal)
    {
        ["iam/info"] = () => $$"""{ "Code": "Success", "InstanceProfileArn": "arn:aws:iam::{{AwsServer.Account}}:instance-profile/d" }""",
    };

    /// <summary>What cloud-init reads; null for none.</summary>
    public string? UserData { get; set; }

    /// <summary>The instance identity document; null for none.</summary>
    public Func<string>? Identity { get; set; }

    /// <summary>The requests that get no session token.</summary>
    public Predicate<AwsRequest> GivesNoToken { get; set; } = _ => false;

    /// <summary>The paths below <c>/latest/meta-data</c> that are not there.</summary>
    public Predicate<string> Hides { get; set; } = _ => false;

    /// <summary>What an answer waits for.</summary>
    public Func<AwsRequest, Task> WaitsFor { get; set; } = _ => Task.CompletedTask;

    /// <summary>Answers a request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        var request = AwsRequest.Of(context.Request, []);
        await WaitsFor(request).WaitAsync(context.RequestAborted);
        (context.Response.StatusCode, var text) = Answer(request);
        // The AWS SDK and cloud-init take the token's lifetime from the answer.
        if (request.Method == "PUT" && context.Response.StatusCode == 200) context.Response.Headers[Ttl] = request.Header(Ttl);
        await context.Response.WriteAsync(text);
    }

    private (int Status, string Text) Answer(AwsRequest request)
    {
        if (request.Segments is [_, "api", "token"])
        {
            return request.Method != "PUT" ? (405, "")
                : GivesNoToken(request) ? (503, "")
                : int.TryParse(request.Header(Ttl), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                    && seconds is >= 1 and <= 21600 ? (200, _token)
                : (400, "");
        }
        if (request.Header("x-aws-ec2-metadata-token") != _token) return (401, "");
        var text = request.Segments switch
        {
            [_, "user-data"] => UserData,
            [_, "dynamic", "instance-identity"] when Identity is not null => "document",
            [_, "dynamic", "instance-identity", "document"] => Identity?.Invoke(),
            [_, "meta-data", .. var rest] when !Hides(string.Join('/', rest)) => Value(string.Join('/', rest)),
            _ => null,
        };
        return text is null ? (404, "") : (200, text);
    }

    // A folder is answered with what is in it, folders with a slash behind them.
    private string? Value(string path)
    {
        if (path == $"{Credentials}/{Role}") return RoleSessions.Json(RoleCredentials);
        if (Values.TryGetValue(path, out var value)) return value();
        var prefix = path.Length == 0 ? "" : path + "/";
        var below = Values.Keys.Append($"{Credentials}/{Role}").Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(key => key[prefix.Length..].Split('/', 2)).ToList();
        return below.Count == 0 ? null : string.Join('\n', below.Select(parts => parts.Length == 2 ? parts[0] + "/" : parts[0]).Distinct());
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using Causeway.Blueprint;
using Causeway.Blueprint.Iam;
using Causeway.Tests.Support.Aws.Boot;
using Microsoft.AspNetCore.Http;

namespace Causeway.Lab.Boot.Aws;

/// <summary>Secrets Manager.</summary>
/// <param name="plan">Which secrets there are; those without a value are empty until a host writes one.</param>
internal sealed class SecretsManager(Plan plan) : IAwsApi
{
    /// <summary>The secrets' values, by name.</summary>
    public ConcurrentDictionary<string, string> Values { get; } = new(plan.Secrets.Where(secret => secret.Value is not null).ToDictionary(secret => secret.Name, secret => secret.Value!.Reveal()));

    public string Service => "secretsmanager";

    public string Region => plan.Settings.Region;

    public string HostName => $"secretsmanager.{Region}.amazonaws.com";

    public AwsCall Read(HttpRequest request, byte[] body)
    {
        var target = request.Headers["X-Amz-Target"].ToString();
        var action = target.Split('.')[^1];
        var asked = JsonDocument.Parse(body).RootElement;
        var name = asked.TryGetProperty("SecretId", out var id) ? $"{id}" : "";
        return new(action, name, () =>
        {
            if (AwsDemands.SecretsManager(target, request.ContentType, asked) is { } refused) return AwsAnswer.Json(400, new { __type = refused.Type, refused.Message });
            switch (action)
            {
                case "GetSecretValue" when Values.TryGetValue(name, out var value):
                    return AwsAnswer.Json(200, new { Name = name, SecretString = value });
                case "PutSecretValue" when plan.Secrets.Any(secret => secret.Name == name):
                    Values[name] = asked.GetProperty("SecretString").GetString()!;
                    return AwsAnswer.Json(200, new { Name = name });
                default:
                    return Error(400, "ResourceNotFound", "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");
            }
        });
    }

    public AwsAnswer Error(int status, string code, string message) => AwsAnswer.Json(status, new { __type = $"{code}Exception", Message = message });
}

using System.Security.Cryptography;
using System.Text.Json;
using Causeway.Lab.Network;
using Causeway.Tests.Support.Aws.Boot;
using Microsoft.AspNetCore.Http;

namespace Causeway.Lab.Boot;

/// <summary>The instance metadata service, version 2: every question needs a session token, which is got by PUT ("Use IMDSv2" in the EC2 user guide).</summary>
/// <param name="instance">Whose metadata.</param>
/// <param name="mac">The interface's hardware address.</param>
/// <param name="region">The region.</param>
/// <param name="userData">What cloud-init gets.</param>
/// <param name="credentials">The role's.</param>
internal sealed class MetadataService(Instance instance, string mac, string region, string userData, RoleCredentials credentials)
{
    private const string Role = "lab-host";
    private readonly string _token = RandomNumberGenerator.GetHexString(40);

    /// <summary>The instance's id now.</summary>
    public Func<string> InstanceId { get; init; } = () => "i-0123456789abcdef0";

    /// <summary>Who gets no session token, to see what the host makes of it.</summary>
    public Predicate<HttpRequest> GivesNoToken { get; set; } = _ => false;

    /// <summary>What an answer waits for.</summary>
    public Func<HttpRequest, Task> WaitsFor { get; set; } = _ => Task.CompletedTask;

    /// <summary>The answer to a request.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        await WaitsFor(context.Request).WaitAsync(context.RequestAborted);
        var path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (context.Request.Method == "PUT" && path is [_, "api", "token"])
        {
            if (GivesNoToken(context.Request))
            {
                context.Response.StatusCode = 503;
                return;
            }

            if (!AwsDemands.Metadata(context.Request.Headers["X-aws-ec2-metadata-token-ttl-seconds"]))
            {
                context.Response.StatusCode = 400;
                return;
            }

            context.Response.Headers["X-aws-ec2-metadata-token-ttl-seconds"] = context.Request.Headers["X-aws-ec2-metadata-token-ttl-seconds"];
            await context.Response.WriteAsync(_token);
        }
        else if (context.Request.Headers["X-aws-ec2-metadata-token"] != _token)
        {
            context.Response.StatusCode = 401;
        }
        else if (path is [_, "user-data"])
        {
            await context.Response.WriteAsync(userData);
        }
        else if (path is [_, "dynamic", "instance-identity"])
        {
            await context.Response.WriteAsync("document");
        }
        else if (path is [_, "dynamic", "instance-identity", "document"])
        {
            await context.Response.WriteAsync(JsonSerializer.Serialize(new { instanceId = InstanceId(), instanceType = "t3.small", region }));
        }
        else if (path is [_, "meta-data", .. var rest] && Value(string.Join('/', rest)) is { } value)
        {
            await context.Response.WriteAsync(value);
        }
        else
        {
            context.Response.StatusCode = 404;
        }
    }

    // A folder is answered with what is in it, folders with a slash behind them.
    private string? Value(string path)
    {
        if (Values.TryGetValue(path, out var value)) return value();
        var prefix = path.Length == 0 ? "" : path + "/";
        var below = Values.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => key[prefix.Length..].Split('/', 2)).ToList();
        return below.Count == 0 ? null : string.Join('\n', below.Select(parts => parts.Length == 2 ? parts[0] + "/" : parts[0]).Distinct());
    }

    private Dictionary<string, Func<string>> Values => field ??= new(StringComparer.Ordinal)
    {
        ["ami-id"] = () => "ami-0123456789abcdef0",
        ["hostname"] = () => $"ip-{instance.PrivateIPv4[0].ToString().Replace('.', '-')}.{region}.compute.internal",
        ["instance-id"] = () => InstanceId(),
        ["instance-type"] = () => "t3.small",
        ["local-hostname"] = () => $"ip-{instance.PrivateIPv4[0].ToString().Replace('.', '-')}.{region}.compute.internal",
        ["local-ipv4"] = () => $"{instance.PrivateIPv4[0]}",
        ["mac"] = () => mac,
        ["placement/availability-zone"] = () => region + "a",
        ["placement/region"] = () => region,
        [$"iam/security-credentials/{Role}"] = () => JsonSerializer.Serialize(new
        {
            Code = "Success",
            Type = "AWS-HMAC",
            credentials.AccessKeyId,
            credentials.SecretAccessKey,
            credentials.Token,
            Expiration = DateTimeOffset.UtcNow.AddHours(6).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
        }),
        [$"network/interfaces/macs/{mac}/device-number"] = () => "0",
        [$"network/interfaces/macs/{mac}/subnet-ipv4-cidr-block"] = () => instance.Prefix,
        [$"network/interfaces/macs/{mac}/subnet-ipv6-cidr-blocks"] = () => instance.PrefixIPv6,
        [$"network/interfaces/macs/{mac}/local-ipv4s"] = () => string.Join('\n', instance.PrivateIPv4),
        [$"network/interfaces/macs/{mac}/ipv6s"] = () => string.Join('\n', instance.IPv6),
        [$"network/interfaces/macs/{mac}/vpc-ipv6-cidr-blocks"] = () => instance.PrefixIPv6,
        [$"network/interfaces/macs/{mac}/ipv4-associations/{instance.PublicIPv4[0]}"] = () => $"{instance.PrivateIPv4[0]}",
        [$"network/interfaces/macs/{mac}/ipv4-associations/{instance.PublicIPv4[1]}"] = () => $"{instance.PrivateIPv4[1]}",
    };
}

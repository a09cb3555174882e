using Causeway.Blueprint;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Storage;
using Causeway.Tests.Support.Aws;
using Causeway.Tests.Support.Aws.Route53;
using Causeway.Tests.Support.Aws.S3;

namespace Causeway.Tests.Plans;

/// <summary>
/// A stack's AWS account for its hosts: the bucket with the archives, the secrets, the hosted zone, and the hosts' role with the plan's
/// policy.
/// </summary>
public sealed class HostAccount : IAsyncDisposable
{
    public const string ZoneId = "Z0123456789HOSTZONE";

    private readonly Plan _plan;

    private HostAccount(Plan plan, AwsCloud cloud)
    {
        (_plan, Cloud) = (plan, cloud);
        Bucket = cloud.Buckets.Add(new() { Id = plan.Buckets[0].Name, Region = Region });
        Zone = cloud.Zones.Add(new() { Id = ZoneId, Region = AwsCloud.GlobalRegion, Domain = plan.Settings.HostedZone ?? "none.example" });
        foreach (var secret in plan.Secrets.Where(secret => !secret.MadeByHost)) Keep(secret.Name, secret.Value?.Reveal());

        var role = plan.Roles.Single(role => role.Name == plan.Hosts[0].Role);
        cloud.AllowOnly(role.Policy(Arn), role.Name);
        Metadata.Role = role.Name;
    }

    /// <param name="plan">The stack's plan.</param>
    /// <param name="content">An archive's content; null for the plan's own or the published one.</param>
    public static async Task<HostAccount> StartAsync(Plan plan, Func<Artifact, byte[]?>? content = null)
    {
        var account = new HostAccount(plan, await AwsCloud.StartAsync(plan.Settings.Region));
        foreach (var artifact in plan.Buckets[0].Artifacts)
        {
            var archive = content?.Invoke(artifact) ?? artifact.Content;
            if (archive is null && artifact.Path is { } path) archive = await File.ReadAllBytesAsync(path);
            if (archive is not null) account.Bucket.Put(artifact.Key, archive);
        }
        return account;
    }

    public AwsCloud Cloud { get; }

    public CloudBucket Bucket { get; }

    /// <summary>The hosted zone of the stack's domain.</summary>
    public CloudZone Zone { get; }

    /// <summary>The metadata service, with the credentials of the hosts' role.</summary>
    public InstanceMetadata Metadata => Cloud.Server.Metadata;

    /// <summary>The faults of requests.</summary>
    public Injection Injected => Cloud.Injected;

    /// <summary>The URL of all services.</summary>
    public string Address => Cloud.Server.Address;

    /// <summary>The host names of the services.</summary>
    public IReadOnlyList<string> Names => [$"{Bucket.Id}.s3.{Region}.amazonaws.com", SecretsName, "route53.amazonaws.com"];

    public string SecretsName => $"secretsmanager.{Region}.amazonaws.com";

    /// <summary>Requests with a wrong signature, and those that the role's policy denies. A host that works makes none.</summary>
    public IReadOnlyList<string> Denied =>
    [
        .. Cloud.Server.Faults,
        .. Cloud.Server.Log.Where(call => call.Code == call.Call.Api.Denied.Code).Select(call => call.ToString()!),
    ];

    /// <summary>The requests to Secrets Manager, as <c>GetSecretValue NAME 200</c>.</summary>
    public IEnumerable<string> SecretCalls => Cloud.Server.Log
        .Where(call => call.Call.Api == Cloud.Secrets)
        .Select(call => $"{call.Call.Name} {call.Call.Json("SecretId") ?? call.Call.Json("Name")} {call.Status}");

    /// <summary>The requests to Route 53, as <c>GetChange 200</c>.</summary>
    public IEnumerable<string> ZoneCalls => Cloud.Server.Log
        .Where(call => call.Call.Api == Cloud.Route53)
        .Select(call => $"{call.Call.Name} {call.Status}");

    /// <summary>A secret's value; null without one.</summary>
    public string? Secret(string name) =>
        Cloud.Server.Locked(() => Cloud.In(Region).Secrets.TryFind(name, out var secret) ? secret.Value : null);

    /// <summary>Writes a secret.</summary>
    public void Keep(string name, string? value) => Cloud.Server.Locked(() =>
    {
        var secrets = Cloud.In(Region).Secrets;
        var secret = secrets.TryFind(name, out var found) ? found : secrets.Add(new() { Id = name, Region = Region });
        return secret.Value = value;
    });

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Cloud.DisposeAsync();

    private string Region => _plan.Settings.Region;

    private string Arn(Target target) => target switch
    {
        Target.Secret secret => $"arn:aws:secretsmanager:{Region}:{AwsServer.Account}:secret:{secret.Name}-??????",
        Target.HostedZone => Zone.Arn,
        _ => target.Arn(Region, AwsServer.Account)!,
    };
}

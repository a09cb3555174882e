using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Iam;
using Causeway.Tests.Support.Aws.Route53;
using Causeway.Tests.Support.Aws.S3;
using Causeway.Tests.Support.Aws.Watching;

namespace Causeway.Tests.Support.Aws;

/// <summary>
/// An account with stacks: resources exist until they are deleted, in the order that AWS requires. Nothing in it moves by the
/// clock: what takes time in AWS takes requests here.
/// </summary>
public sealed class AwsCloud : IAsyncDisposable
{
    /// <summary>Where everything is that is one for the whole world.</summary>
    public const string GlobalRegion = "us-east-1";

    private readonly Dictionary<string, CloudRegion> _regions;

    private AwsCloud(IReadOnlyList<string> regions)
    {
        Roles = new(Injected);
        Profiles = new(Injected);
        Buckets = new(Injected);
        Zones = new(Injected);
        HealthChecks = new(Injected);
        _regions = regions.ToDictionary(name => name, name => new CloudRegion(name, Injected));

        Ec2 = new(region => _regions[region].Ec2, Injected);
        Tagging = new(this);
        Iam = new(Roles, Profiles, Injected);
        S3 = new(Buckets, Injected);
        Route53 = new(Zones, HealthChecks, Injected);
        CloudWatch = new(region => _regions[region].Alarms, Injected);
        Sns = new(region => _regions[region].Topics, Injected);
        Logs = new(region => _regions[region].LogGroups, Injected);
        Secrets = new(region => _regions[region].Secrets, Injected);
    }

    /// <summary>Starts one.</summary>
    /// <param name="regions">The regions that are enabled in it; eu-central-1, us-east-1 and eu-west-1 when none is named.</param>
    public static async Task<AwsCloud> StartAsync(params IReadOnlyList<string> regions)
    {
        var cloud = new AwsCloud(regions.Count > 0 ? regions : ["eu-central-1", GlobalRegion, "eu-west-1"]);
        cloud.Server = await AwsServer.StartAsync(
            [.. cloud._regions.Keys], cloud.Injected,
            [cloud.Ec2, cloud.Tagging, cloud.Iam, cloud.S3, cloud.Route53, cloud.CloudWatch, cloud.Sns, cloud.Logs, cloud.Secrets,
                cloud.Quotas]);
        return cloud;
    }

    /// <summary>Its server: address, credentials, and the log of what was asked.</summary>
    public AwsServer Server { get; private set; } = null!;

    /// <summary>What happens to requests beside what they ask for.</summary>
    public Injection Injected { get; } = new();

    public Ec2Api Ec2 { get; }

    public TaggingApi Tagging { get; }

    public IamApi Iam { get; }

    public S3Api S3 { get; }

    public Route53Api Route53 { get; }

    public CloudWatchApi CloudWatch { get; }

    public SnsApi Sns { get; }

    public LogsApi Logs { get; }

    public SecretsApi Secrets { get; }

    public ServiceQuotasApi Quotas { get; } = new();

    public CloudTable<CloudRole> Roles { get; }

    public CloudTable<CloudProfile> Profiles { get; }

    /// <summary>The buckets of all regions: their names are one for the whole world.</summary>
    public CloudTable<CloudBucket> Buckets { get; }

    public CloudTable<CloudZone> Zones { get; }

    public CloudTable<CloudHealthCheck> HealthChecks { get; }

    /// <summary>What is in a region.</summary>
    public CloudRegion In(string region) => _regions[region];

    /// <summary>All regions.</summary>
    public IReadOnlyCollection<CloudRegion> Regions => _regions.Values;

    /// <summary>Everything that is there, wherever; a zone is one thing, and its records are not in it.</summary>
    public IReadOnlyList<CloudResource> All =>
        Server.Locked(() => (IReadOnlyList<CloudResource>)[.. Tables.SelectMany(table => table.There)]);

    /// <summary>Limits callers to what a policy allows; every request is judged by it.</summary>
    /// <param name="policy">The policy's JSON.</param>
    /// <param name="role">The name of the role that it limits; null for every caller.</param>
    public void AllowOnly(string policy, string? role = null)
    {
        var permissions = new CloudPermissions(this, IamPolicy.Read(policy));
        Server.Lacks = call =>
            role is null || call.Caller.Contains($":assumed-role/{role}/", StringComparison.Ordinal) ? permissions.Lacks(call) : null;
    }

    /// <summary>The environment of a program that uses the account.</summary>
    public Dictionary<string, string?> Environment => Server.Environment;

    internal IEnumerable<ICloudTable> Tables =>
        [.. _regions.Values.SelectMany(region => region.Tables), Roles, Profiles, Buckets, Zones, HealthChecks];

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

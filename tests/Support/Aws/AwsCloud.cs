using Causeway.Tests.Support.Aws.Ec2;

namespace Causeway.Tests.Support.Aws;

/// <summary>
/// An account that holds stacks: what is in it is there until it is deleted, in the order that AWS asks for. Nothing in it moves by the
/// clock: what takes time in AWS takes requests here.
/// </summary>
public sealed class AwsCloud : IAsyncDisposable
{
    /// <summary>Where everything is that is one for the whole world.</summary>
    public const string GlobalRegion = "us-east-1";

    private readonly Dictionary<string, CloudRegion> _regions;

    private AwsCloud(IReadOnlyList<string> regions)
    {
        _regions = regions.ToDictionary(name => name, name => new CloudRegion(name, Injected));
        Ec2 = new(region => _regions[region].Ec2, Injected);
        Tagging = new(this);
    }

    /// <summary>Starts one.</summary>
    /// <param name="regions">The regions that are enabled in it; eu-central-1, us-east-1 and eu-west-1 when none is named.</param>
    public static async Task<AwsCloud> StartAsync(params IReadOnlyList<string> regions)
    {
        var cloud = new AwsCloud(regions.Count > 0 ? regions : ["eu-central-1", GlobalRegion, "eu-west-1"]);
        cloud.Server = await AwsServer.StartAsync([.. cloud._regions.Keys], cloud.Injected, [cloud.Ec2, cloud.Tagging]);
        return cloud;
    }

    /// <summary>Its server: address, credentials, and the log of what was asked.</summary>
    public AwsServer Server { get; private set; } = null!;

    /// <summary>What happens to requests beside what they ask for.</summary>
    public Injection Injected { get; } = new();

    /// <summary>EC2.</summary>
    public Ec2Api Ec2 { get; }

    /// <summary>The Resource Groups Tagging API.</summary>
    public TaggingApi Tagging { get; }

    /// <summary>What is in a region.</summary>
    public CloudRegion In(string region) => _regions[region];

    /// <summary>All regions.</summary>
    public IEnumerable<CloudRegion> Regions => _regions.Values;

    /// <summary>Everything that is there, wherever.</summary>
    public IReadOnlyList<CloudResource> All =>
        Server.Locked(() => (IReadOnlyList<CloudResource>)[.. Tables.SelectMany(table => table.There)]);

    /// <summary>The environment of a program that uses the account.</summary>
    public Dictionary<string, string?> Environment => Server.Environment;

    internal IEnumerable<ICloudTable> Tables => _regions.Values.SelectMany(region => region.Tables);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Server.DisposeAsync();
}

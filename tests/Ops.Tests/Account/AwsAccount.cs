using System.Collections.Concurrent;
using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Route53;

namespace Causeway.Ops.Tests.Account;

/// <summary>The tests' AWS account as <c>ops plan</c> queries it: in one region, with the tag of a stack at most.</summary>
internal sealed class AwsAccount : IAsyncDisposable
{
    private readonly AwsCloud _cloud;

    private AwsAccount(AwsCloud cloud) => _cloud = cloud;

    public const string Id = AwsServer.Account;

    /// <summary>The region of all resources and quotas.</summary>
    public const string Region = "us-east-1";

    public static async Task<AwsAccount> StartAsync()
    {
        var account = new AwsAccount(await AwsCloud.StartAsync(Region));
        account.Ec2.Offered["t3.small"] = ["us-east-1a", "us-east-1b"];
        account.Ec2.Cores["t3.small"] = 2;
        return account;
    }

    /// <inheritdoc cref="AwsServer.Address" />
    public string Address => _cloud.Server.Address;

    /// <inheritdoc cref="AwsServer.User" />
    public RoleCredentials User => _cloud.Server.User;

    /// <inheritdoc cref="AwsServer.Asked" />
    public ConcurrentQueue<string> Asked => _cloud.Server.Asked;

    /// <inheritdoc cref="AwsServer.Faults" />
    public ConcurrentQueue<string> Faults => _cloud.Server.Faults;

    /// <inheritdoc cref="AwsServer.Roles" />
    public ConcurrentQueue<string> Roles => _cloud.Server.Roles;

    /// <inheritdoc cref="AwsServer.Environment" />
    public Dictionary<string, string?> Environment => _cloud.Environment;

    /// <summary>The actions that the caller has no permission for.</summary>
    public HashSet<string> Refused => _cloud.Injected.Refused;

    /// <summary>The actions without a response.</summary>
    public HashSet<string> Silent => _cloud.Injected.Silent;

    public Ec2Region Ec2 => _cloud.In(Region).Ec2;

    /// <summary>The page size of EC2's lists.</summary>
    public int PageSize { set => _cloud.Ec2.PageSize = value; }

    /// <summary>The applied quotas, by code.</summary>
    public Dictionary<string, int> Quotas => _cloud.Quotas.Given;

    public CloudTable<CloudZone> Zones => _cloud.Zones;

    public void AddZone(string id, string domain, bool isPrivate = false) =>
        Zones.Add(new() { Id = id, Region = Region, Domain = domain, Private = isPrivate });

    /// <summary>Adds a record to the public zone of example.org.</summary>
    public void AddRecord(string name, string type, string value) =>
        Zones.All.Single(zone => zone.Id == "Z0EXAMPLE").Records.Add(new(name, type, 60, [value]));

    public void Publish(string name, string owner, string id, string architecture) =>
        Ec2.Images.Add(new() { Id = id, Region = Region, Name = name, Owner = owner, Architecture = architecture });

    public void AddAddress(string ip, string? stack) =>
        Ec2.Addresses.Add(new() { Id = Ec2Region.NewId("eipalloc"), Region = Region, PublicIp = ip, Tags = Tags(stack) });

    public void AddVpc(string? stack) => Ec2.NewVpc("10.0.0.0/16", Tags(stack));

    /// <summary>Adds an interface with an IPv6 address.</summary>
    public CloudInterface AddInterface(string ipv6, string stack) => Ec2.Interfaces.Add(new()
    {
        Id = Ec2Region.NewId("eni"),
        Region = Region,
        SubnetId = "subnet-1",
        VpcId = "vpc-1",
        PrivateIps = ["10.0.0.4"],
        Ipv6 = [ipv6],
        Tags = Tags(stack),
    });

    public void AddInstance(
        string type,
        int cores,
        int threads,
        string? stack = null,
        string state = "running",
        string? lifecycle = null,
        string tenancy = "default") =>
        Ec2.Instances.Add(new()
        {
            Id = Ec2Region.NewId("i"),
            Region = Region,
            Zone = $"{Region}a",
            InstanceType = type,
            Cores = cores,
            Threads = threads,
            State = state,
            Lifecycle = lifecycle,
            Tenancy = tenancy,
            Tags = Tags(stack),
        });

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    private static Dictionary<string, string> Tags(string? stack) =>
        stack is null ? new() { ["Name"] = "other" } : new() { ["causeway:stack"] = stack };
}

using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Watching;

namespace Causeway.Tests.Support.Aws;

/// <summary>What an account has in one region.</summary>
public sealed class CloudRegion(string name, Injection injected)
{
    /// <summary>The region.</summary>
    public string Name => name;

    /// <summary>EC2's part.</summary>
    public Ec2Region Ec2 { get; } = new(name, injected);

    public CloudTable<CloudAlarm> Alarms { get; } = new(injected);

    public CloudTable<CloudTopic> Topics { get; } = new(injected);

    public CloudTable<CloudLogGroup> LogGroups { get; } = new(injected);

    public CloudTable<CloudSecret> Secrets { get; } = new(injected);

    internal IEnumerable<ICloudTable> Tables => [.. Ec2.Tables, Alarms, Topics, LogGroups, Secrets];
}

using Causeway.Relay.Hosting;
using Causeway.Turn.Options;
using Causeway.Turn.Protocol.Relay;

namespace Causeway.Relay.Tests.Hosting;

public class CoreSettingsTests
{
    [Fact]
    public void Every_quota_of_the_options_reaches_the_shards_by_its_name()
    {
        var options = new RelayQuotaOptions();
        var names = typeof(RelayQuotaOptions).GetProperties().Select(property => property.Name).ToList();
        for (var i = 0; i < names.Count; i++) typeof(RelayQuotaOptions).GetProperty(names[i])!.SetValue(options, 11 + i);

        var quotas = options.ForShards();

        Assert.Equal(names, typeof(RelayQuotas).GetProperties().Select(property => property.Name));
        Assert.All(names.Index(), quota => Assert.Equal(11 + quota.Index, typeof(RelayQuotas).GetProperty(quota.Item)!.GetValue(quotas)));
    }
}

using System.Text.Json;
using Causeway.Blueprint.Hosts;
using Causeway.Lab.Browsers;
using Causeway.Lab.Network;
using Causeway.Tests.Plans;
using Microsoft.Playwright;

namespace Causeway.Lab.Boot;

/// <summary>An instance boots as on EC2, with what the plan renders: <c>script/lab boot</c>.</summary>
[Collection(Booting.Name)]
public sealed class BootTests(BootReport report)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string[] Services = ["relay", "signalling"];

    [Fact(Explicit = true)]
    public async Task The_first_host_asks_for_a_certificate_once_and_those_after_it_take_the_kept_one()
    {
        await using var testbed = Testbed.Create("boot");
        var authority = await AcmeAuthority.StartAsync(testbed);
        var plan = BootPlan.Make();
        await using var aws = await HostAccount.StartAsync(plan);
        await using var instance = await BootedInstance.CreateAsync(testbed, plan, aws);
        var ready = $"causeway: READY generation {plan.Generation}";

        instance.PowerOn();
        await instance.SaysAsync(ready, Patience);
        Report(BootKind.First, instance);
        Assert.Equal(1, authority.Orders);
        Assert.Empty(aws.Zone.Records);
        var kept = JsonDocument.Parse(aws.Secret(plan.Certificate.Secret!)!).RootElement.GetProperty("chain").GetString();
        Assert.All(Services, service => Assert.Equal(kept, instance.Read(HostPaths.Chain(service))));
        var requests = authority.Requests;
        // Otherwise the later comparison would pass without requests.
        Assert.InRange(requests, 1, int.MaxValue);
        var settings = Services.Select(service => instance.Read(HostPaths.Settings(service))).ToList();

        await instance.PowerOffAsync();
        aws.Cloud.Server.Log.Clear();
        instance.PowerOn();
        await instance.SaysAsync(ready, Patience);
        Report(BootKind.Again, instance);
        Assert.All(Services, service => Assert.Equal(kept, instance.Read(HostPaths.Chain(service))));
        Assert.Equal(settings, Services.Select(service => instance.Read(HostPaths.Settings(service))));
        Assert.DoesNotContain(aws.Cloud.Server.Log, call => call.Call.Api == aws.Cloud.S3);

        await instance.PowerOffAsync();
        instance.NewDisk();
        instance.PowerOn();
        await instance.SaysAsync(ready, Patience);
        Report(BootKind.Rebuilt, instance);
        Assert.All(Services, service => Assert.Equal(kept, instance.Read(HostPaths.Chain(service))));

        Assert.Equal(requests, authority.Requests);
        Assert.Empty(aws.Denied);
    }

    private void Report(BootKind kind, BootedInstance instance)
    {
        report.Add(kind, BootTimes.Of(instance));
        // What else happened when.
        instance.KeepJournal($"journal-{kind}.log".ToLowerInvariant());
    }

    [Fact(Explicit = true)]
    public async Task A_booted_host_serves_people_in_their_networks()
    {
        Assert.SkipWhen(Chromium.Missing is not null, Chromium.Missing ?? "");
        await using var testbed = Testbed.Create("served");
        await AcmeAuthority.StartAsync(testbed);
        var plan = BootPlan.Make();
        await using var aws = await HostAccount.StartAsync(plan);
        await using var instance = await BootedInstance.CreateAsync(testbed, plan, aws);
        instance.PowerOn();
        await instance.SaysAsync($"causeway: READY generation {plan.Generation}", Patience);

        var home = testbed.Site("home", Access.HomeWithIPv6);
        var outside = new OutsideView(testbed, plan, report);
        outside.Page(home.Host("laptop"));
        outside.Check(home.Host("checker"));

        using var playwright = await Playwright.CreateAsync();
        await outside.CallsAsync(playwright, Access.FriendlyNat, Access.FriendlyNat, relayOnly: false, "direct");
        await outside.CallsAsync(playwright, Access.FriendlyNat, Access.FriendlyNat, relayOnly: true, "relay-udp");
        await outside.CallsAsync(playwright, Access.Only443, Access.Only443, relayOnly: false, "relay-tls");
        Assert.Empty(aws.Denied);
    }
}

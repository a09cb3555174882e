using System.Net;
using Causeway.Blueprint.Tests;
using Causeway.Infra.Resources;
using Causeway.Relay;
using Causeway.Turn.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Causeway.Infra.Tests;

public class GateTests
{
    private const string Secret = "a secret that only this test knows";

    [Fact]
    public async Task The_gate_is_asked_about_the_new_relay_with_all_of_its_transports()
    {
        var asked = new List<GateTarget>();
        var plan = Plans.Of();
        await Registered.From(plan, target =>
        {
            asked.Add(target);
            return Task.CompletedTask;
        });

        var target = Assert.Single(asked);
        Assert.Equal("203.0.113.1", target.Address.ToString());
        Assert.Equal(plan.Services.Ice.TurnUrls, target.TurnUrls);
        Assert.Equal(Credentials.Mint(plan.TurnSecret.Reveal(), "gate", long.Parse(target.Credentials.Username.Split(':')[0])), target.Credentials);
    }

    [Fact]
    public async Task A_relay_that_is_not_admitted_fails_the_update_and_gets_no_address_of_the_stack()
    {
        var registered = new Registered { Plan = Plans.Of() };
        await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(target => throw new RelayNotAdmittedException(target.Address, ["turn: nothing arrives"])));

        Assert.Single(registered.Of("aws:ec2/instance:Instance"));
        Assert.DoesNotContain(registered.Of("aws:ec2/eipAssociation:EipAssociation"), association => association.Name.EndsWith("signalling", StringComparison.Ordinal));
    }

    [Theory, InlineData(true, "deployer"), InlineData(false, "off")]
    public async Task Nothing_is_probed_in_a_preview_or_when_the_gate_is_off(bool preview, string gate)
    {
        var asked = 0;
        await Registered.From(Plans.Of(("gate", gate)), _ => Task.FromResult(++asked), preview);
        Assert.Equal(0, asked);
    }

    private static Task<RelayHost> StartRelay() => RelayHost.StartAsync(new()
    {
        Realm = "gate.example",
        Listeners = [new() { Address = "127.0.0.1", Port = 0 }],
        Addresses = [new() { Address = "127.0.0.1" }],
        Secrets = [Secret],
        AllowPeers = ["127.0.0.0/8"],
        Shards = 1,
        DrainDeadline = TimeSpan.Zero,
    }, NullLoggerFactory.Instance, cancellation: TestContext.Current.CancellationToken);

    private static GateTarget Target(RelayHost relay, string secret = Secret) => new(
        IPAddress.Loopback,
        [$"turn:relay.example.org:{relay.ListenEndpoints[0].Address.Port}?transport=udp"],
        Credentials.Mint(secret, "gate", DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds()),
        Deadline: TimeSpan.Zero);

    [Fact]
    public async Task A_relay_that_relays_is_admitted_by_its_address_whatever_its_name_resolves_to()
    {
        await using var relay = await StartRelay();
        await Gate.AdmitAsync(Target(relay));
        Assert.Equal(0, relay.Allocations);
    }

    [Fact]
    public async Task A_relay_with_another_secret_is_not_admitted_and_the_transport_is_named()
    {
        await using var relay = await StartRelay();
        var refused = await Assert.ThrowsAsync<RelayNotAdmittedException>(() => Gate.AdmitAsync(Target(relay, "another secret than the relay's")));
        Assert.Contains("turn:relay.example.org:", refused.Message, StringComparison.Ordinal);
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
        Assert.Contains("the generation before it stays in use", refused.Message, StringComparison.Ordinal);
    }
}

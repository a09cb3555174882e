using System.Net;
using Causeway.Blueprint.Secrets;
using Causeway.Infra.Resources.Rollout;

namespace Causeway.Infra.Tests.Rollout;

public class AdmissionTests
{
    [Fact]
    public async Task The_generation_is_admitted_at_signallings_address_after_it_has_moved()
    {
        var asked = new List<(AdmissionTarget Target, bool Moved)>();
        var registered = new Registered { Plan = Plans.Of() };
        await registered.RegisterAsync(admit: target =>
        {
            var associations = registered.Of(Types.EipAssociation);
            asked.Add((target, associations.Any(association => association.Name.EndsWith("signalling", StringComparison.Ordinal))));
            return Task.CompletedTask;
        });

        var (target, moved) = Assert.Single(asked);
        Assert.True(moved);
        Assert.Equal(
            ("203.0.113.2", 443, "call.example.org", registered.Plan.Generation, registered.Plan.AdmissionKey.Reveal()),
            (target.Address.ToString(), target.Port, target.TlsHost, target.Generation, target.Key.Reveal()));
        Assert.DoesNotContain(target.Key.Reveal(), target.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_domain_no_name_is_expected_in_the_certificate()
    {
        AdmissionTarget? target = null;
        await Registered.From(Plans.All["demo without a domain"], admit: asked => Task.FromResult(target = asked));
        Assert.Null(target!.TlsHost);
    }

    [Fact]
    public async Task A_generation_that_is_not_admitted_fails_the_update() =>
        await Assert.ThrowsAnyAsync<Exception>(() =>
            Registered.From(Plans.Of(), admit: target => throw new GenerationNotAdmittedException(target, "no answer")));

    [Theory, InlineData(true, "deployer"), InlineData(false, "off")]
    public async Task Nothing_is_admitted_in_a_preview_or_when_the_gate_is_off(bool preview, string gate)
    {
        var asked = 0;
        await Registered.From(Plans.Of(("gate", gate)), preview: preview, admit: _ => Task.FromResult(++asked));
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task The_host_of_the_generation_applies_the_admission()
    {
        await using var host = await SignallingHost.StartAsync("bb");
        await host.AddRelayAsync();
        await Admissions.AdmitAsync(Target(host.Port, "bb"));
        Assert.True(host.AdmissionKnown);
    }

    [Fact]
    public async Task While_the_old_host_still_answers_the_admission_is_repeated_and_the_old_host_ignores_it()
    {
        Task admitting;
        int port;
        await using (var old = await SignallingHost.StartAsync("aa"))
        {
            port = old.Port;
            admitting = Admissions.AdmitAsync(Target(port, "bb", TimeSpan.FromMinutes(2)));
            await old.AskedAsync();
            Assert.False(old.AdmissionKnown);
        }

        await using var next = await SignallingHost.StartAsync("bb", port);
        await next.AddRelayAsync();
        await admitting;
        Assert.True(next.AdmissionKnown);
    }

    [Fact]
    public async Task A_host_without_a_ready_relay_fails_the_admission()
    {
        await using var host = await SignallingHost.StartAsync("bb");
        var refused = await RefusedAsync(Target(host.Port, "bb"));
        Assert.Contains("no relay of its generation is ready", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_with_other_keys_fails_the_admission_without_showing_the_key()
    {
        await using var host = await SignallingHost.StartAsync("bb");
        var key = new SecretText("a key that the host does not have, long enough");
        var refused = await RefusedAsync(Target(host.Port, "bb") with { Key = key });
        Assert.Contains("answered 401", refused.Message, StringComparison.Ordinal);
        Assert.Contains("the old generation is kept", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Reveal(), refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_domain_the_certificate_must_be_valid_for_it()
    {
        await using var host = await SignallingHost.StartAsync("bb");
        var refused = await RefusedAsync(Target(host.Port, "bb") with { TlsHost = "call.example.org" });
        Assert.Contains("cannot be reached", refused.Message, StringComparison.Ordinal);
        Assert.False(host.AdmissionKnown);
    }

    [Fact]
    public async Task A_host_that_does_not_answer_fails_the_admission()
    {
        var refused = await RefusedAsync(Target(FreePorts.Take(), "bb"));
        Assert.Contains("cannot be reached", refused.Message, StringComparison.Ordinal);
    }

    private static Task<GenerationNotAdmittedException> RefusedAsync(AdmissionTarget target) =>
        Assert.ThrowsAsync<GenerationNotAdmittedException>(() => Admissions.AdmitAsync(target));

    private static AdmissionTarget Target(int port, string generation, TimeSpan deadline = default) =>
        new(IPAddress.Loopback, port, TlsHost: null, generation, new(SignallingHost.AdmissionKey), deadline);
}

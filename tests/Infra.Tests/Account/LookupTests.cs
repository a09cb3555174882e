using Causeway.Blueprint.Account;
using Causeway.Infra.Resources.Account;
using Pulumi;

namespace Causeway.Infra.Tests.Account;

/// <summary>What the settings name and AWS lacks fails the preview, with the setting and the fix.</summary>
public class LookupTests
{
    private static readonly ListedRecord Foreign = new("call.example.org.", "A", ["192.0.2.1"]);

    [Theory, InlineData(false), InlineData(true)]
    public async Task An_image_that_is_not_there_is_told_with_the_setting_and_how_to_list_those_that_are(bool preview)
    {
        var registered = new Registered
        {
            Plan = Plans.Of(("image", "debian-13-amd64-20990101-1")),
            ImageFailure = "Your query returned no results.",
        };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(preview: preview));

        Assert.All(
            [
                "image: debian-13-amd64-20990101-1 was not found",
                "aws ec2 describe-images --region eu-central-1",
                "pulumi config set causeway:image NAME",
                "Your query returned no results.",
            ],
            text => Assert.Contains(text, failure.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_image_for_another_processor_is_told_with_both_settings()
    {
        var registered = new Registered { Plan = Plans.Of(), ImageArchitecture = "arm64" };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(preview: true));
        Assert.Contains("is for arm64, and architecture needs one for x86_64", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_zone_without_the_instance_type_is_told_with_those_that_have_it(bool preview)
    {
        var registered = new Registered { Plan = Plans.Of(("zone", "a")), Offered = ["eu-central-1c", "eu-central-1b"] };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(preview: preview));
        Assert.Contains(
            "zone: t3.small is not offered in eu-central-1a, but in eu-central-1b, eu-central-1c; choose one of these: "
            + "pulumi config set causeway:zone b",
            failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(registered.Of(Types.Subnet));
    }

    [Fact]
    public async Task An_instance_type_that_the_region_does_not_have_is_told_with_its_setting()
    {
        var registered = new Registered { Plan = Plans.Of(), Offered = [] };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(preview: true));
        Assert.Contains("instanceType: t3.small is not offered in this region", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_zone_that_is_not_there_is_told_with_the_setting_that_names_it(bool preview)
    {
        var registered = new Registered { Plan = Plans.Of(("hostedZone", "")), ZoneFailure = "no matching Route 53 Hosted Zone found" };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(preview: preview));
        Assert.All(
            [
                "hostedZone: call.example.org was not found", "pulumi config set causeway:hostedZone ZONE",
                "no matching Route 53 Hosted Zone found",
            ],
            text => Assert.Contains(text, failure.ToString(), StringComparison.Ordinal));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_record_that_exists_already_is_told_with_the_setting_before_anything_is_made_in_a_network(bool preview)
    {
        var registered = new Registered { Plan = Plans.Of(), Records = [Foreign], OwnElasticIps = ["203.0.113.2"] };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(preview: preview));
        Assert.All(
            [
                "domain: call.example.org has records that don't belong to this stack in the hosted zone example.org: A 192.0.2.1",
                "pulumi config set causeway:domain NAME",
            ],
            text => Assert.Contains(text, failure.ToString(), StringComparison.Ordinal));
        Assert.Empty(registered.Of(Types.Subnet));
        Assert.Empty(registered.Of(Types.Record));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_records_of_this_very_stack_are_there_at_its_second_update(bool preview)
    {
        var registered = new Registered
        {
            Plan = Plans.Of(),
            Records = [new("call.example.org.", "A", ["203.0.113.2"]), new("call.example.org.", "AAAA", ["2001:db8:1:100:0:0:0:b"])],
            OwnElasticIps = ["203.0.113.1", "203.0.113.2"],
            OwnIpv6 = ["2001:db8:1:100::a", "2001:db8:1:100::b"],
        };
        await registered.RegisterAsync(preview: preview);
        Assert.Equal(4, registered.Of(Types.Record).Count);
    }

    [Fact]
    public async Task Addresses_are_asked_for_only_where_a_record_is_there()
    {
        var registered = new Registered
        {
            Plan = Plans.Of(),
            Records = [Foreign with { Name = "mail.example.org." }],
            AddressFailure = "UnauthorizedOperation",
        };
        await registered.RegisterAsync(preview: true);
        Assert.Contains(registered.Calls, call => call.Type == Types.Records);
        Assert.DoesNotContain(registered.Calls, call => call.Type == Types.Eips);
    }

    [Fact]
    public async Task Records_that_cannot_be_asked_for_are_told_with_the_rights_that_it_takes()
    {
        var registered = new Registered { Plan = Plans.Of(), Records = [Foreign], AddressFailure = "UnauthorizedOperation" };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(preview: true));
        Assert.All(
            ["hostedZone: example.org can't be checked for existing records", "ec2:DescribeAddresses", "UnauthorizedOperation"],
            text => Assert.Contains(text, failure.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stack_without_a_domain_asks_for_no_zone_and_no_records()
    {
        var registered = await Registered.From(Plans.All["demo without a domain"]);
        Assert.DoesNotContain(registered.Calls, call => call.Type.StartsWith("aws:route53/", StringComparison.Ordinal));
    }

    // The engine prints this one alone without a stack trace.
    [Fact]
    public void They_are_told_without_a_stack_trace() => Assert.True(typeof(LookupException).IsSubclassOf(typeof(RunException)));
}

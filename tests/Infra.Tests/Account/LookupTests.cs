using Causeway.Blueprint.Account;
using Causeway.Infra.Resources.Account;
using Pulumi;

namespace Causeway.Infra.Tests.Account;

public class LookupTests
{
    private static readonly ListedRecord Foreign = new("call.example.org.", "A", ["192.0.2.1"]);

    private static async Task FailsAsync(Registered registered, bool preview, params string[] texts)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(preview: preview));
        Assert.All(texts, text => Assert.Contains(text, failure.ToString(), StringComparison.Ordinal));
    }

    [Theory, InlineData(false), InlineData(true)]
    public Task A_missing_image_is_reported_with_the_setting_and_how_to_list_images(bool preview) => FailsAsync(
        new() { Plan = Plans.Of(("image", "debian-13-amd64-20990101-1")), ImageFailure = "Your query returned no results." },
        preview,
        "image: debian-13-amd64-20990101-1 was not found",
        "aws ec2 describe-images --region eu-central-1",
        "pulumi config set causeway:image NAME",
        "Your query returned no results.");

    [Fact]
    public Task An_image_for_another_processor_is_reported_with_both_settings() => FailsAsync(
        new() { Plan = Plans.Of(), ImageArchitecture = "arm64" },
        preview: true,
        "is for arm64, and architecture needs one for x86_64");

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_zone_without_the_instance_type_is_reported_with_the_zones_that_have_it(bool preview)
    {
        var registered = new Registered { Plan = Plans.Of(("zone", "a")), Offered = ["eu-central-1c", "eu-central-1b"] };
        await FailsAsync(
            registered,
            preview,
            "zone: t3.small is not offered in eu-central-1a, but in eu-central-1b, eu-central-1c; choose one of these: "
            + "pulumi config set causeway:zone b");
        Assert.Empty(registered.Of(Types.Subnet));
    }

    [Fact]
    public Task An_instance_type_that_the_region_lacks_is_reported_with_its_setting() => FailsAsync(
        new() { Plan = Plans.Of(), Offered = [] },
        preview: true,
        "instanceType: t3.small is not offered in this region");

    [Theory, InlineData(false), InlineData(true)]
    public Task A_missing_hosted_zone_is_reported_with_its_setting(bool preview) => FailsAsync(
        new() { Plan = Plans.Of(("hostedZone", "")), ZoneFailure = "no matching Route 53 Hosted Zone found" },
        preview,
        "hostedZone: call.example.org was not found",
        "pulumi config set causeway:hostedZone ZONE",
        "no matching Route 53 Hosted Zone found");

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_foreign_record_is_reported_before_anything_is_created_in_a_network(bool preview)
    {
        var registered = new Registered { Plan = Plans.Of(), Records = [Foreign], OwnElasticIps = ["203.0.113.2"] };
        await FailsAsync(
            registered,
            preview,
            "domain: call.example.org has records that don't belong to this stack in the hosted zone example.org: A 192.0.2.1",
            "pulumi config set causeway:domain NAME");
        Assert.Empty(registered.Of(Types.Subnet));
        Assert.Empty(registered.Of(Types.Record));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_stacks_own_records_are_accepted(bool preview)
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
    public async Task Addresses_are_listed_only_if_there_are_records()
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
    public Task Records_that_cannot_be_checked_are_reported_with_the_missing_permission() => FailsAsync(
        new() { Plan = Plans.Of(), Records = [Foreign], AddressFailure = "UnauthorizedOperation" },
        preview: true,
        "hostedZone: example.org can't be checked for existing records",
        "ec2:DescribeAddresses",
        "UnauthorizedOperation");

    [Fact]
    public async Task A_stack_without_a_domain_looks_up_no_zone_and_no_records()
    {
        var registered = await Registered.From(Plans.All["demo without a domain"]);
        Assert.DoesNotContain(registered.Calls, call => call.Type.StartsWith("aws:route53/", StringComparison.Ordinal));
    }

    // The engine prints a RunException without a stack trace.
    [Fact]
    public void Failures_are_printed_without_a_stack_trace() => Assert.True(typeof(LookupException).IsSubclassOf(typeof(RunException)));
}

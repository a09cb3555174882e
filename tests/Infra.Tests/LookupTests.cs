using Causeway.Blueprint.Tests;
using Causeway.Infra.Resources;
using Pulumi;

namespace Causeway.Infra.Tests;

/// <summary>What the settings name and AWS lacks is told in the preview, with the setting and what to do.</summary>
public class LookupTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task An_image_that_is_not_there_is_told_with_the_setting_and_how_to_list_those_that_are(bool preview)
    {
        var registered = new Registered { Plan = Plans.Of(("image", "debian-13-amd64-20990101-1")), ImageFailure = "Your query returned no results." };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(preview: preview));

        Assert.All(
            ["image: debian-13-amd64-20990101-1 cannot be found", "aws ec2 describe-images --region eu-central-1", "pulumi config set causeway:image NAME", "Your query returned no results."],
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
            "zone: t3.small is not offered in eu-central-1a, but in eu-central-1b, eu-central-1c; choose one of these: pulumi config set causeway:zone b",
            failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(registered.Of("aws:ec2/subnet:Subnet"));
    }

    [Fact]
    public async Task An_instance_type_that_the_region_does_not_have_is_told_with_its_setting()
    {
        var registered = new Registered { Plan = Plans.Of(), Offered = [] };
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => registered.RegisterAsync(preview: true));
        Assert.Contains("instanceType: t3.small is not offered in this region", failure.ToString(), StringComparison.Ordinal);
    }

    // The engine prints those alone without a stack trace.
    [Theory, InlineData(typeof(ImageException)), InlineData(typeof(OfferingException))]
    public void They_are_told_without_a_stack_trace(Type failure) => Assert.True(failure.IsSubclassOf(typeof(RunException)));
}

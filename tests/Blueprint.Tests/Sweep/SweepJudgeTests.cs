using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using static Causeway.Blueprint.Tests.Sweep.Found;

namespace Causeway.Blueprint.Tests.Sweep;

public class SweepJudgeTests
{
    private static string? Spares(FoundStack stack, string? named = null) => SweepJudge.Spares(stack, Today, named, [Region]);

    private static string? Spares(FoundResource resource, bool named = false) =>
        SweepJudge.Spares(resource, Stack(One(SweepKinds.Vpc)), Today, named);

    [Fact]
    public void An_expired_demo_is_swept() => Assert.Null(Spares(Stack(One(SweepKinds.Vpc))));

    [Fact]
    public void A_demo_stays_on_its_last_day() =>
        Assert.Equal("it expires after 2026-11-29", Spares(Stack(One(SweepKinds.Vpc, tags: Tags(expires: "2026-11-29")))));

    [Fact]
    public void A_named_demo_is_swept_before_its_day()
    {
        var stack = Stack(One(SweepKinds.Vpc, tags: Tags(expires: "2027-01-01")));
        Assert.Null(Spares(stack, "dev"));
        Assert.Equal("it is not qa", Spares(stack, "qa"));
    }

    [Fact]
    public void A_production_stack_is_never_swept_even_if_it_is_named() => Assert.Equal(
        "it is a production stack, which is never swept",
        Spares(Stack(One(SweepKinds.Vpc, tags: Tags(stage: "production", expires: null))), "dev"));

    /// <summary>A demo that became production in an update that failed halfway: its disks must stay.</summary>
    [Fact]
    public void One_resource_of_production_spares_the_whole_stack()
    {
        var stack = Stack(One(SweepKinds.Vpc), One(SweepKinds.Bucket, tags: Tags(stage: "production", expires: null)));
        Assert.Equal(
            "some of its resources have the stage production and others demo, and production is never swept", Spares(stack, "dev"));
    }

    [Fact]
    public void One_resource_with_a_later_expiry_spares_the_whole_stack() => Assert.Equal(
        "it expires after 2027-01-01",
        Spares(Stack(One(SweepKinds.Vpc), One(SweepKinds.Subnet, tags: Tags(expires: "2027-01-01")))));

    [Fact]
    public void A_stack_in_a_region_that_was_not_selected_stays() => Assert.Equal(
        "it is in eu-central-1, which was not selected",
        Spares(Stack(One(SweepKinds.Topic, "causeway-dev-eu-central-1-alarms"))));

    [Fact]
    public void A_stack_without_stage_or_expiry_stays()
    {
        Assert.Equal(
            "none of its resources has the tag causeway:stage", Spares(Stack(One(SweepKinds.Vpc, tags: Tags(stage: null)))));
        Assert.Equal(
            "none of its resources has the tag causeway:expires with a day", Spares(Stack(One(SweepKinds.Vpc, tags: Tags(expires: null)))));
    }

    /// <summary>A person wrote it to keep the stack.</summary>
    [Theory]
    [InlineData("never")]
    [InlineData("")]
    [InlineData("31.12.2026")]
    [InlineData("2026-1-1")]
    public void An_expiry_that_is_not_a_day_spares_the_whole_stack(string text) => Assert.Equal(
        $"a resource of it has the tag causeway:expires with '{text}', which is not a day",
        Spares(Stack(One(SweepKinds.Vpc), One(SweepKinds.Subnet, tags: Tags(expires: text))), "dev"));

    [Theory]
    [InlineData("Production")]
    [InlineData("staging")]
    public void A_stage_that_is_not_demo_spares_the_whole_stack(string stage) => Assert.Equal(
        $"a resource of it has the stage '{stage}', not demo",
        Spares(Stack(One(SweepKinds.Vpc), One(SweepKinds.Subnet, tags: Tags(stage: stage))), "dev"));

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("--yes")]
    [InlineData("a stack; rm -rf")]
    public void A_stack_with_an_invalid_name_stays(string name) =>
        Assert.Equal("its name isn't a valid stack name", Spares(Stack(One(SweepKinds.Vpc, tags: Tags(name)))));

    [Fact]
    public void A_resource_is_removed_only_with_all_four_tags()
    {
        var foreign = Tags();
        foreign[StackTags.ProjectTag] = "other";
        Assert.Null(Spares(One(SweepKinds.Vpc)));
        Assert.Equal("it lacks the tag causeway:project=causeway", Spares(One(SweepKinds.Vpc, tags: foreign)));
        Assert.Equal("its tag causeway:stack is 'qa', not 'dev'", Spares(One(SweepKinds.Vpc, tags: Tags("qa"))));
        Assert.Equal("its tag causeway:stage is not demo", Spares(One(SweepKinds.Vpc, tags: Tags(stage: "production")), named: true));
        Assert.Equal("it has no tag causeway:expires with a day", Spares(One(SweepKinds.Vpc, tags: Tags(expires: null)), named: true));
        var later = One(SweepKinds.Vpc, tags: Tags(expires: "2026-12-13"));
        Assert.Equal("its tag causeway:expires is 2026-12-13, which has not passed", Spares(later));
        Assert.Null(Spares(later, named: true));
    }

    [Fact]
    public void A_resource_whose_tags_cannot_be_read_stays() => Assert.Equal(
        "its tags cannot be read: missing permission s3:GetBucketTagging",
        Spares(One(SweepKinds.Bucket) with { Tags = null, Unread = "missing permission s3:GetBucketTagging" }, named: true));

    [Fact]
    public void A_kept_certificate_outlives_its_stack()
    {
        var tags = Tags(stage: null, expires: null);
        Assert.True(SweepJudge.OutlivesItsStack(One(SweepKinds.Secret, "causeway/dev/kept-certificate", tags: tags)));
        Assert.False(SweepJudge.OutlivesItsStack(One(SweepKinds.Secret, "causeway/dev/turn", tags: tags)));
        Assert.False(SweepJudge.OutlivesItsStack(One(SweepKinds.Secret, "causeway/dev/kept-certificate")));
    }
}

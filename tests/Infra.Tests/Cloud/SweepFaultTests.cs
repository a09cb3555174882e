using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Sweep;
using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Route53;

namespace Causeway.Infra.Tests.Cloud;

/// <summary>Sweeps in an account that throttles, is late, refuses, loses answers, or is swept twice at the same time.</summary>
public sealed class SweepFaultTests : IAsyncLifetime
{
    private const string Home = "eu-central-1";

    private AwsCloud _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await AwsCloud.StartAsync();
        (await Registered.From(Stacks.Named("dev"))).StandUp(_cloud);
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    private Ec2Region Ec2 => _cloud.In(Home).Ec2;

    private IReadOnlyList<CloudResource> There() => _cloud.Server.Locked(() =>
        (IReadOnlyList<CloudResource>)[.. _cloud.All.Where(one => one is not (CloudInstance { State: "terminated" } or CloudZone))]);

    private void NothingIsLeft()
    {
        Assert.Empty(There());
        Assert.Equal(2, Assert.Single(_cloud.Zones.All).Records.Count);
        Assert.Empty(_cloud.Server.Faults);
    }

    private static (string Kind, string Reason)[] Left(SweepView view) =>
        [.. view.Removal!.Left.Select(one => (one.Kind, one.Reason!))];

    [Fact]
    public async Task With_every_third_request_throttled_the_whole_stack_is_removed()
    {
        var throttled = _cloud.Injected.ThrottleEach("*", 3);
        using var sweep = await Sweeping.In(_cloud, pace: new() { Longest = TimeSpan.FromDays(1), Requests = 40 });
        Assert.True((await sweep.RemoveAsync()).Clean);
        NothingIsLeft();
        Assert.True(throttled.Count > 50, $"{throttled.Count} were throttled");
        Assert.True(sweep.Time.Waits >= throttled.Count);
    }

    [Fact]
    public async Task A_resource_that_is_always_throttled_is_left_with_the_reason()
    {
        _cloud.Injected.ThrottleEach("ec2:DeleteVpc", 1);
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Equal([(SweepKinds.Vpc, "ec2:DeleteVpc: RequestLimitExceeded: Rate exceeded")], Left(view));
    }

    [Fact]
    public async Task A_sweep_waits_for_deleted_resources_to_disappear_from_lists()
    {
        (_cloud.Injected.ReadsUntilDeletionShows, _cloud.Injected.ListingsUntilDeletionShows) = (4, 4);
        Ec2.RequestsUntilTerminated = 12;
        using (var sweep = await Sweeping.In(_cloud)) Assert.True((await sweep.RemoveAsync()).Clean);
        NothingIsLeft();
        // The tagging API still lists these, but their services don't; EC2's own lists are late.
        string[] late = [SweepKinds.Alarm, SweepKinds.Topic, SweepKinds.HealthCheck, SweepKinds.Secret, SweepKinds.LogGroup];
        using var next = await Sweeping.In(_cloud);
        Assert.DoesNotContain((await next.LookAsync()).Stacks.SelectMany(stack => stack.Resources), one => late.Contains(one.Kind));
    }

    [Fact]
    public async Task A_long_wait_is_reported()
    {
        Ec2.RequestsUntilTerminated = 60;
        using var sweep = await Sweeping.In(_cloud);
        Assert.True((await sweep.RemoveAsync()).Clean);
        Assert.Matches("(?m)^waiting for instance causeway-dev-.*: shutting-down$", string.Join('\n', sweep.Told));
    }

    [Fact]
    public async Task A_resource_that_never_disappears_is_left_after_a_time()
    {
        Ec2.RequestsUntilTerminated = int.MaxValue;
        using var sweep = await Sweeping.In(_cloud, pace: new() { Longest = TimeSpan.FromMinutes(7) });
        var view = await sweep.RemoveAsync();
        Assert.Contains((SweepKinds.Instance, "not deleted after 7 minutes (shutting-down)"), Left(view));
    }

    [Fact]
    public async Task A_throttled_first_request_is_retried()
    {
        _cloud.Injected.Throttle("sts:GetCallerIdentity", 1);
        using var sweep = await Sweeping.In(_cloud);
        Assert.Single((await sweep.LookAsync()).Stacks);
    }

    [Fact]
    public async Task A_lost_answer_is_retried()
    {
        string[] services =
            ["ec2:*", "s3:*", "iam:*", "sns:*", "logs:*", "route53:*", "secretsmanager:*", "cloudwatch:*", "tagging:*"];
        foreach (var actions in services)
        {
            _cloud.Injected.CutBefore(actions, 3);
            // The request succeeded without a response, so the next attempt finds nothing, which counts as success.
            _cloud.Injected.CutAfter(actions, 6);
        }
        string[] removals =
        [
            "ec2:DeleteVpc", "ec2:ReleaseAddress", "ec2:DetachInternetGateway", "ec2:DisassociateAddress", "s3:DeleteBucket",
            "iam:DeleteRole", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteRolePolicy", "route53:ChangeResourceRecordSets",
            "route53:DeleteHealthCheck", "logs:DeleteLogGroup", "sns:DeleteTopic", "cloudwatch:DeleteAlarms",
            "secretsmanager:DeleteSecret",
        ];
        foreach (var action in removals) _cloud.Injected.CutAfter(action, 1);
        using var sweep = await Sweeping.In(_cloud, pace: new() { Longest = TimeSpan.FromDays(1), Requests = 40 });
        var view = await sweep.RemoveAsync();
        Assert.Empty(Left(view));
        Assert.True(view.Clean);
        NothingIsLeft();
    }

    [Fact]
    public async Task A_refused_resource_is_left_with_the_reason_and_the_command_and_the_others_are_removed()
    {
        _cloud.Injected.Refuse("ec2:TerminateInstances");
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Empty(_cloud.Server.Faults);
        Assert.False(view.Clean);
        Assert.Contains((SweepKinds.Instance, "missing permission ec2:TerminateInstances"), Left(view));
        // What the instance uses stays too.
        Assert.Equal(
            [
                SweepKinds.Instance, SweepKinds.Volume, SweepKinds.NetworkInterface, SweepKinds.SecurityGroup, SweepKinds.Subnet,
                SweepKinds.RouteTable, SweepKinds.Vpc,
            ],
            Left(view).Select(one => one.Kind));
        Assert.All(view.Removal!.Left, one => Assert.NotEmpty(one.Commands!));
        var instance = view.Removal.Left.Single(one => one.Kind == SweepKinds.Instance);
        Assert.Equal($"aws ec2 terminate-instances --instance-ids {instance.Id} --region {Home}", instance.Commands![0]);
    }

    [Fact]
    public async Task A_foreign_interface_in_the_network_stays_and_so_does_the_network()
    {
        var (vpc, subnet) = (Ec2.Vpcs.All.Single(), Ec2.Subnets.All.Single());
        var foreign = _cloud.Server.Locked(() => Ec2.Interfaces.Add(new()
        {
            Id = Ec2Region.NewId("eni"),
            Region = Home,
            SubnetId = subnet.Id,
            VpcId = vpc.Id,
            PrivateIps = ["10.77.0.99"],
        }));
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Contains(foreign, There());
        Assert.Matches("^ec2:DeleteSubnet: DependencyViolation: ", ReasonOf(SweepKinds.Subnet));
        Assert.Matches("^ec2:DeleteVpc: DependencyViolation: ", ReasonOf(SweepKinds.Vpc));
        Assert.DoesNotContain(Left(view), one => one.Kind is not (SweepKinds.Subnet or SweepKinds.RouteTable or SweepKinds.Vpc));
        // The subnet is retried, and the VPC is not, because the subnet is left in it.
        Assert.Equal(new SweepPace().Removals, _cloud.Server.Log.Count(call => call.Call.Action == "ec2:DeleteSubnet"));
        Assert.Equal(1, _cloud.Server.Log.Count(call => call.Call.Action == "ec2:DeleteVpc"));

        // Once the interface is gone, the next sweep removes the rest.
        _cloud.Server.Locked(() => { Ec2.Interfaces.Remove(foreign); return 0; });
        using var next = await Sweeping.In(_cloud);
        Assert.True((await next.RemoveAsync()).Clean);
        NothingIsLeft();

        string ReasonOf(string kind) => Left(view).First(one => one.Kind == kind).Reason;
    }

    [Fact]
    public async Task An_address_that_a_record_points_to_is_kept_with_it()
    {
        _cloud.Injected.Refuse("route53:ChangeResourceRecordSets");
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Equal(4, Left(view).Count(one => one == (SweepKinds.Record, "missing permission route53:ChangeResourceRecordSets")));
        Assert.Equal(2, Ec2.Addresses.All.Count);
        Assert.Equal(2, Left(view).Count(one => one.Kind == SweepKinds.ElasticIp
            && one.Reason.StartsWith("the DNS record ", StringComparison.Ordinal)));
        Assert.Contains(Left(view), one => one.Kind == SweepKinds.NetworkInterface
            && one.Reason.StartsWith("the DNS record ", StringComparison.Ordinal));
        Assert.DoesNotContain("ec2:ReleaseAddress", _cloud.Server.Asked);
    }

    [Fact]
    public async Task Addresses_stay_where_records_cannot_be_listed()
    {
        _cloud.Injected.Refuse("route53:ListResourceRecordSets");
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Equal(["can't list DNS records of dev: missing permission route53:ListResourceRecordSets"], view.NotLooked);
        Assert.Equal(2, Ec2.Addresses.All.Count);
        Assert.All(Ec2.Instances.All, one => Assert.Equal("terminated", one.State));
    }

    [Fact]
    public async Task A_record_under_the_stacks_name_that_points_elsewhere_is_reported_and_stays()
    {
        var zone = Assert.Single(_cloud.Zones.All);
        zone.Records.RemoveAll(record => record is { Name: "call.example.org", Type: "A" });
        zone.Records.Add(new("call.example.org", "A", 60, ["192.0.2.1"]));
        zone.Records.Add(new("relay-0123456789.call.example.org", "A", 60, ["192.0.2.2"]));
        zone.Records.Add(new("mail.call.example.org", "A", 60, ["192.0.2.3"]));
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Empty(view.Removal!.Left);
        Assert.Equal(
            [
                ("call.example.org", "it has no tags and points to 192.0.2.1, not to the stack"),
                ("relay-0123456789.call.example.org", "it has no tags and points to 192.0.2.2, not to the stack"),
            ],
            view.InDoubt.Select(one => (one.Name, one.Reason!)).Order());
        Assert.False(view.Clean);
        Assert.Equal(5, zone.Records.Count);
    }

    /// <summary>The health checks have the stack's domain; without them its addresses lead to its records.</summary>
    [Fact]
    public async Task Records_are_found_after_a_failed_destroy_removed_the_health_checks()
    {
        foreach (var check in _cloud.HealthChecks.All.ToList()) _cloud.HealthChecks.Remove(check);
        using var sweep = await Sweeping.In(_cloud);
        Assert.True((await sweep.RemoveAsync()).Clean);
        NothingIsLeft();
    }

    [Fact]
    public async Task A_resource_whose_tags_cannot_be_read_is_reported_and_stays()
    {
        var bucket = Assert.Single(_cloud.Buckets.All);
        _cloud.Injected.Refuse("s3:GetBucketTagging");
        _cloud.Injected.Refuse("iam:ListRoleTags");
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Equal(
            [
                (SweepKinds.Bucket, "missing permission s3:GetBucketTagging"),
                (SweepKinds.Role, "missing permission iam:ListRoleTags"),
                (SweepKinds.Role, "missing permission iam:ListRoleTags"),
            ],
            view.InDoubt.Select(one => (one.Kind, one.Reason!)));
        Assert.False(view.Clean);
        Assert.Equal(3, There().Count);
        Assert.Contains(bucket, There());
    }

    [Fact]
    public async Task A_resource_without_a_stage_is_in_doubt_and_stays()
    {
        var topic = _cloud.In(Home).Topics.All.Single();
        _cloud.Server.Locked(() =>
        {
            topic.RemoveTag(StackTags.StageTag);
            return 0;
        });
        using var sweep = await Sweeping.In(_cloud);
        var look = await sweep.LookAsync();
        Assert.Equal([(topic.Arn, "its tag causeway:stage is not demo")], look.InDoubt.Select(one => (one.Id, one.Reason!)));
        Assert.DoesNotContain(look.Due.Single().Resources, one => one.Id == topic.Arn);
        var view = await sweep.Sweep.RemoveAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal([(SweepKinds.Topic, "its tag causeway:stage is not demo")], Left(view));
        Assert.Empty(view.InDoubt);
        Assert.Equal([topic], There());
    }

    [Fact]
    public async Task A_resource_that_became_production_since_it_was_found_stays()
    {
        using var sweep = await Sweeping.In(_cloud);
        await sweep.LookAsync();
        var vpc = Ec2.Vpcs.All.Single();
        Tag(vpc, StackTags.StageTag, StackTags.Production);
        var view = await sweep.Sweep.RemoveAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal([(SweepKinds.Vpc, "its tag causeway:stage is not demo")], Left(view));
        Assert.Contains(vpc, There());
    }

    [Fact]
    public async Task A_resource_that_was_extended_since_it_was_found_stays()
    {
        using var sweep = await Sweeping.In(_cloud);
        await sweep.LookAsync();
        foreach (var one in There()) Tag(one, StackTags.ExpiresTag, "2027-02-01");
        var before = There().Count;
        var view = await sweep.Sweep.RemoveAsync(null, TestContext.Current.CancellationToken);
        Assert.Equal(0, view.Removal!.Removed);
        // An address stays because its record does.
        Assert.All(Left(view), one => Assert.Matches("2027-02-01|the DNS record .* still points to it", one.Reason));
        Assert.Equal(before, There().Count);
    }

    [Fact]
    public async Task One_resource_of_production_spares_the_whole_stack()
    {
        Tag(Ec2.Vpcs.All.Single(), StackTags.StageTag, StackTags.Production);
        var before = There().Count;
        using var sweep = await Sweeping.In(_cloud);
        var view = await sweep.RemoveAsync();
        Assert.Equal((0, before), (view.Removal!.Removed, There().Count));
    }

    [Fact]
    public async Task A_kept_certificate_outlives_its_stack_and_is_not_left_over()
    {
        var kept = _cloud.Server.Locked(() => _cloud.In(Home).Secrets.Add(new CloudSecret
        {
            Id = "causeway/dev/kept-certificate",
            Region = Home,
            Tags = new Dictionary<string, string>
            {
                [StackTags.ProjectTag] = "causeway",
                [StackTags.StackTag] = "dev",
                ["Name"] = "causeway/dev/kept-certificate"
            },
        }));
        using (var sweep = await Sweeping.In(_cloud)) Assert.True((await sweep.RemoveAsync()).Clean);
        Assert.Equal([kept], There());
        using var next = await Sweeping.In(_cloud);
        Assert.True((await next.LookAsync()).Clean);
    }

    [Fact]
    public async Task Sweeps_that_are_interrupted_at_any_request_remove_the_whole_stack_together()
    {
        var sweeps = 0;
        for (var after = 20; There().Count > 0; after += 10, sweeps++)
        {
            Assert.True(sweeps < 100, "the sweeps don't end");
            using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var left = after;
            _cloud.Injected.Before = call =>
            {
                var isRead = call.Name.StartsWith("Describe", StringComparison.Ordinal);
                return isRead || Interlocked.Decrement(ref left) != 0 ? Task.CompletedTask : end.CancelAsync();
            };
            using var sweep = await Sweeping.In(_cloud, seed: sweeps);
            try
            {
                await sweep.RemoveAsync(end.Token);
            }
            catch (Exception) when (end.IsCancellationRequested)
            {
            }
        }
        Assert.True(sweeps > 3, $"{sweeps} sweeps");
        NothingIsLeft();
    }

    [Fact]
    public async Task Two_sweeps_at_once_do_not_disturb_each_other()
    {
        _cloud.Injected.ReadsUntilDeletionShows = 2;
        using var one = await Sweeping.In(_cloud, seed: 1);
        using var other = await Sweeping.In(_cloud, seed: 2);
        await Task.WhenAll(one.LookAsync(), other.LookAsync());
        var views = await Task.WhenAll(
            one.Sweep.RemoveAsync(null, TestContext.Current.CancellationToken),
            other.Sweep.RemoveAsync(null, TestContext.Current.CancellationToken));
        Assert.All(views, view => Assert.Empty(Left(view)));
        Assert.All(views, view => Assert.True(view.Clean));
        NothingIsLeft();
    }

    private void Tag(CloudResource resource, string key, string value) => _cloud.Server.Locked(() =>
    {
        resource.SetTag(key, value);
        return 0;
    });
}

using System.Text.Json;
using Amazon.Runtime;
using Causeway.Blueprint.Settings;
using Causeway.Ops.Account;
using Causeway.Tests.Support.Aws.Iam;
using Causeway.Tests.Support.Aws.Route53;
using Causeway.Tests.Support.Aws.Watching;

namespace Causeway.Ops.Tests.Cloud;

/// <summary>The services of the account that no package of the SDK is used for, asked with requests that the SDK signed.</summary>
public sealed class CloudServicesTests : IAsyncLifetime
{
    private const string Region = "eu-central-1";
    private static readonly Dictionary<string, string> Own = new() { ["owner"] = "somebody" };

    private AwsCloud _cloud = null!;
    private AwsSession _session = null!;

    public async ValueTask InitializeAsync()
    {
        _cloud = await AwsCloud.StartAsync();
        var user = _cloud.Server.User;
        var given = new Dictionary<string, string> { ["accessKey"] = user.AccessKeyId, ["secretKey"] = user.SecretAccessKey };
        var provider = ProviderSettingsReader.Read(given, null, Region, out var mistakes);
        Assert.Empty(mistakes);
        _session = await AwsSession.OpenAsync(
            provider, Region, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken, retries: 0, new(_cloud.Server.Address));
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _cloud.DisposeAsync();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<IReadOnlyList<string>> Ask(
        string service, string version, string action, string? region, string element, params (string, string)[] parameters)
    {
        var answer = await new SignedQuery(_session, service, "X", version, region).CallAsync(action, parameters, Cancellation);
        return [.. answer.All(element).Select(one => one.Value)];
    }

    private Task<IReadOnlyList<string>> Iam(string action, string element, params (string, string)[] parameters) =>
        Ask("iam", "2010-05-08", action, null, element, parameters);

    private Task<JsonElement> Json(string service, string target, string action, object asked, string region = Region) =>
        new SignedJson(_session, service, "X", target, region).CallAsync(action, asked, Cancellation);

    private static async Task<string> Refusal(Task call) => (await Assert.ThrowsAnyAsync<AmazonServiceException>(() => call)).ErrorCode;

    [Fact]
    public async Task Who_asks_is_known() =>
        Assert.Equal((AwsServer.Account, $"arn:aws:iam::{AwsServer.Account}:user/deployer"), (_session.Account, _session.Arn));

    [Fact]
    public async Task A_role_goes_after_its_policies_and_out_of_its_profile()
    {
        var role = _cloud.Roles.Add(new CloudRole { Id = "host", Region = AwsCloud.GlobalRegion, Tags = Own });
        role.Policies["inline"] = "{}";
        role.Attached.Add("arn:aws:iam::aws:policy/ReadOnlyAccess");
        _cloud.Profiles.Add(new CloudProfile { Id = "host", Region = AwsCloud.GlobalRegion, Role = "host" });
        _cloud.Roles.Add(new CloudRole { Id = "other", Path = "/teams/", Region = AwsCloud.GlobalRegion });
        _cloud.Iam.PageSize = 1;

        Assert.Equal(["host"], await Iam("ListRoles", "RoleName"));
        Assert.Equal(["other"], await Iam("ListRoles", "RoleName", ("Marker", Assert.Single(await Iam("ListRoles", "Marker")))));
        Assert.Equal(["other"], await Iam("ListRoles", "RoleName", ("PathPrefix", "/teams/")));
        Assert.Equal(["somebody"], await Iam("ListRoleTags", "Value", ("RoleName", "host")));
        await Iam("TagRole", "", ("RoleName", "host"), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "1"));
        Assert.Equal("1", role.Tags["a"]);

        async Task Refused() => Assert.Equal("DeleteConflict", await Refusal(Iam("DeleteRole", "", ("RoleName", "host"))));
        await Refused();
        Assert.Equal("DeleteConflict", await Refusal(Iam("DeleteInstanceProfile", "", ("InstanceProfileName", "host"))));
        Assert.Equal(["host"], await Iam("ListInstanceProfilesForRole", "InstanceProfileName", ("RoleName", "host")));
        await Iam("RemoveRoleFromInstanceProfile", "", ("InstanceProfileName", "host"), ("RoleName", "host"));
        await Iam("DeleteInstanceProfile", "", ("InstanceProfileName", "host"));
        await Refused();
        await Iam("DeleteRolePolicy", "", ("RoleName", "host"),
            ("PolicyName", Assert.Single(await Iam("ListRolePolicies", "member", ("RoleName", "host")))));
        await Refused();
        await Iam("DetachRolePolicy", "", ("RoleName", "host"),
            ("PolicyArn", Assert.Single(await Iam("ListAttachedRolePolicies", "PolicyArn", ("RoleName", "host")))));
        await Iam("DeleteRole", "", ("RoleName", "host"));
        Assert.Equal("NoSuchEntity", await Refusal(Iam("GetRole", "", ("RoleName", "host"))));
        Assert.Equal(["other"], _cloud.All.Select(one => one.Id));
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task What_is_one_for_the_world_is_signed_for_its_home()
    {
        Assert.Equal("SignatureDoesNotMatch", await Refusal(Ask("iam", "2010-05-08", "ListRoles", Region, "RoleName")));
        Assert.Single(_cloud.Server.Faults);
    }

    [Fact]
    public async Task The_tagging_API_lists_what_is_tagged_in_a_region_and_late()
    {
        var here = _cloud.In(Region);
        for (var number = 0; number < 5; number++) here.Ec2.NewVpc("10.0.0.0/16", Own);
        var group = here.LogGroups.Add(new CloudLogGroup { Id = "/a", Region = Region, Tags = Own });
        _cloud.Roles.Add(new CloudRole { Id = "host", Region = AwsCloud.GlobalRegion, Tags = Own });
        _cloud.HealthChecks.Add(new CloudHealthCheck { Id = "check", Region = AwsCloud.GlobalRegion, Tags = Own });
        async Task<List<string>> Listed(string region, params string[] types)
        {
            List<string> all = [];
            for (var token = ""; ;)
            {
                var page = await Json("tagging", "ResourceGroupsTaggingAPI_20170126", "GetResources", new
                {
                    TagFilters = new[] { new { Key = "owner", Values = new[] { "somebody" } } },
                    ResourceTypeFilters = types,
                    ResourcesPerPage = 4,
                    PaginationToken = token,
                }, region);
                all.AddRange(
                    page.GetProperty("ResourceTagMappingList").EnumerateArray().Select(one => one.GetProperty("ResourceARN").GetString()!));
                if ((token = page.GetProperty("PaginationToken").GetString()!).Length == 0) return all;
            }
        }

        Assert.Equal(6, (await Listed(Region)).Count);
        Assert.Equal([group.Arn], await Listed(Region, "logs:log-group"));
        Assert.Equal(5, (await Listed(Region, "ec2")).Count);
        // A role is tagged too, and is not listed.
        Assert.Equal(["arn:aws:route53:::healthcheck/check"], await Listed("us-east-1"));

        _cloud.Injected.ListingsUntilDeletionShows = 1;
        await Json("logs", "Logs_20140328", "DeleteLogGroup", new { logGroupName = "/a" });
        Assert.Equal([group.Arn], await Listed(Region, "logs:log-group"));
        Assert.Empty(await Listed(Region, "logs:log-group"));
        here.Ec2.Vpcs.All[0].HideTags(reads: 1);
        Assert.Equal(4, (await Listed(Region)).Count);
        Assert.Equal(5, (await Listed(Region)).Count);

        var answer = await Json("tagging", "ResourceGroupsTaggingAPI_20170126", "TagResources", new
        {
            ResourceARNList = new[] { here.Ec2.Vpcs.All[0].Arn, "arn:aws:sns:eu-central-1:123456789012:gone" },
            Tags = new Dictionary<string, string> { ["a"] = "1" },
        });
        Assert.Equal("1", here.Ec2.Vpcs.All[0].Tags["a"]);
        Assert.Single(answer.GetProperty("FailedResourcesMap").EnumerateObject());
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task A_record_is_deleted_by_what_it_is()
    {
        var zone = _cloud.Zones.Add(new CloudZone { Id = "Z1", Region = AwsCloud.GlobalRegion, Domain = "example.org" }.WithOwnRecords());
        zone.Records.Add(new("call.example.org", "A", 60, ["203.0.113.1"]));
        zone.Records.Add(new("*.call.example.org", "A", 60, ["203.0.113.2"]));
        var route53 = new SignedHttp(_session, "route53", "X", "x", "us-east-1");
        Task<string> Get(string path, params (string, string)[] query) =>
            route53.SendAsync(HttpMethod.Get, $"/2013-04-01/{path}", query, [], "", Cancellation);
        Task<string> Delete(string name, string value, int ttl = 60) =>
            route53.SendAsync(HttpMethod.Post, "/2013-04-01/hostedzone/Z1/rrset/", [],
            [("content-type", "application/xml")], $"""
            <ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes><Change><Action>DELETE</Action>
            <ResourceRecordSet><Name>{name}</Name><Type>A</Type><TTL>{ttl}</TTL><ResourceRecords><ResourceRecord><Value>{value}</Value></ResourceRecord>
            </ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>
            """, Cancellation);

        var page = SignedXml.Parse(await Get("hostedzone/Z1/rrset", ("name", "call.example.org"), ("maxitems", "1")), "Route 53");
        Assert.Equal(["call.example.org."], page.All("Name").Select(name => name.Value));
        Assert.Equal(@"\052.call.example.org.", page.Text("NextRecordName"));
        Assert.Equal(["/hostedzone/Z1"], SignedXml.Parse(await Get("hostedzone"), "Route 53").All("Id").Select(id => id.Value));
        Assert.Equal("InvalidChangeBatch", await Refusal(Delete("call.example.org", "203.0.113.9")));
        Assert.Equal("InvalidChangeBatch", await Refusal(Delete("call.example.org", "203.0.113.1", ttl: 300)));
        await Delete(@"\052.call.example.org.", "203.0.113.2");
        Assert.Equal(3, zone.Records.Count);
        Assert.Equal("NoSuchHostedZone", await Refusal(Get("hostedzone/Z2/rrset")));

        _cloud.HealthChecks.Add(new CloudHealthCheck { Id = "check", Region = AwsCloud.GlobalRegion, Tags = Own });
        Assert.Equal(
            ["somebody"], SignedXml.Parse(await Get("tags/healthcheck/check"), "Route 53").All("Value").Select(value => value.Value));
        await route53.SendAsync(HttpMethod.Delete, "/2013-04-01/healthcheck/check", [], [], "", Cancellation);
        Assert.Equal("NoSuchHealthCheck", await Refusal(Get("healthcheck/check")));
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task Alarms_and_topics_go_by_their_names()
    {
        foreach (var name in (string[])["a", "b"]) _cloud.In(Region).Alarms.Add(new CloudAlarm { Id = name, Region = Region, Tags = Own });
        Task<IReadOnlyList<string>> Alarms(string action, string element, params (string, string)[] parameters) =>
            Ask("monitoring", "2010-08-01", action, Region, element, parameters);
        Assert.Equal(["a", "b"], await Alarms("DescribeAlarms", "AlarmName"));
        Assert.Equal(["somebody"], await Alarms("ListTagsForResource", "Value", ("ResourceARN", _cloud.In(Region).Alarms.All[0].Arn)));
        Assert.Equal(
            "ResourceNotFound", await Refusal(Alarms("DeleteAlarms", "", ("AlarmNames.member.1", "a"), ("AlarmNames.member.2", "c"))));
        await Alarms("DeleteAlarms", "", ("AlarmNames.member.1", "a"));
        Assert.Equal(["b"], _cloud.In(Region).Alarms.All.Select(alarm => alarm.Id));

        var topic = _cloud.In(Region).Topics.Add(new CloudTopic { Id = "alarms", Region = Region, Tags = Own });
        Task<IReadOnlyList<string>> Topics(string action, string element, params (string, string)[] parameters) =>
            Ask("sns", "2010-03-31", action, Region, element, parameters);
        Assert.Equal([topic.Arn], await Topics("ListTopics", "TopicArn"));
        await Topics("TagResource", "", ("ResourceArn", topic.Arn), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "1"));
        Assert.Equal(["somebody", "1"], await Topics("ListTagsForResource", "Value", ("ResourceArn", topic.Arn)));
        await Topics("DeleteTopic", "", ("TopicArn", topic.Arn));
        await Topics("DeleteTopic", "", ("TopicArn", topic.Arn));
        Assert.Empty(_cloud.In(Region).Topics.All);
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task A_secret_waits_or_goes_at_once()
    {
        foreach (var name in (string[])["a/one", "a/two"])
            _cloud.In(Region).Secrets.Add(new CloudSecret { Id = name, Region = Region, Tags = Own });
        Task<JsonElement> Secrets(string action, object asked) => Json("secretsmanager", "secretsmanager", action, asked);
        async Task<int> Listed(object asked) => (await Secrets("ListSecrets", asked)).GetProperty("SecretList").GetArrayLength();
        Assert.Equal(2, await Listed(new { Filters = new[] { new { Key = "tag-value", Values = new[] { "some" } } } }));
        await Secrets("DeleteSecret", new { SecretId = "a/one", RecoveryWindowInDays = 7 });
        Assert.Equal(1, await Listed(new { }));
        Assert.Equal(2, await Listed(new { IncludePlannedDeletion = true }));
        Assert.Equal("InvalidRequestException",
            await Refusal(Secrets("TagResource", new { SecretId = "a/one", Tags = new[] { new { Key = "a", Value = "1" } } })));
        await Secrets("DeleteSecret", new { SecretId = "a/one", ForceDeleteWithoutRecovery = true });
        await Secrets("DeleteSecret", new { SecretId = "a/one", ForceDeleteWithoutRecovery = true });
        Assert.Equal("ResourceNotFoundException", await Refusal(Secrets("DescribeSecret", new { SecretId = "a/one" })));
        Assert.Equal(["a/two"], _cloud.All.Select(one => one.Id));
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task Who_asks_without_end_is_answered_no_more()
    {
        _cloud.Server.MostRequests = 3;
        await Iam("ListRoles", "");
        await Iam("ListRoles", "");
        Assert.Equal("ServiceUnavailable", await Refusal(Iam("ListRoles", "")));
        Assert.Single(_cloud.Server.Faults);
    }

    [Fact]
    public async Task A_policy_is_asked_before_anything_is_done()
    {
        _cloud.Roles.Add(new CloudRole { Id = "host", Region = AwsCloud.GlobalRegion, Tags = Own });
        _cloud.Roles.Add(new CloudRole { Id = "other", Region = AwsCloud.GlobalRegion });
        _cloud.AllowOnly("""
            { "Statement": [
                { "Action": ["iam:ListRoles"], "Resource": ["*"] },
                {
                    "Action": ["iam:DeleteRole"], "Resource": ["arn:aws:iam::*:role/*"],
                    "Condition": { "StringEquals": { "aws:ResourceTag/owner": ["somebody"] } }
                }
            ] }
            """);
        Assert.Equal(["host", "other"], await Iam("ListRoles", "RoleName"));
        Assert.Equal("AccessDenied", await Refusal(Iam("DeleteRole", "", ("RoleName", "other"))));
        Assert.Equal("AccessDenied", await Refusal(Iam("GetRole", "", ("RoleName", "host"))));
        await Iam("DeleteRole", "", ("RoleName", "host"));
        Assert.Equal(["other"], _cloud.All.Select(one => one.Id));
        Assert.Empty(_cloud.Server.Faults);
    }

    [Fact]
    public async Task A_test_may_act_before_an_action_is_carried_out()
    {
        var vpc = _cloud.In(Region).Ec2.NewVpc("10.0.0.0/16", Own);
        var (arrived, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        _cloud.Injected.Before = async call =>
        {
            if (call.Action != "logs:DescribeLogGroups") return;
            arrived.SetResult();
            await go.Task;
        };
        var held = Json("logs", "Logs_20140328", "DescribeLogGroups", new { });
        await arrived.Task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        // Another request is answered meanwhile, and what it finds is what was changed.
        _cloud.In(Region).LogGroups.Add(new CloudLogGroup { Id = "/b", Region = Region });
        await Json("tagging", "ResourceGroupsTaggingAPI_20170126", "GetResources", new { });
        go.SetResult();
        Assert.Equal("/b", Assert.Single((await held).GetProperty("logGroups").EnumerateArray()).GetProperty("logGroupName").GetString());
        Assert.Single(vpc.Tags);
    }

    [Fact]
    public async Task A_fault_of_each_kind_is_worded_as_its_service_words_it()
    {
        _cloud.Injected.Throttle("*", first: 3);
        Assert.Equal("Throttling", await Refusal(Iam("ListRoles", "")));
        Assert.Equal("ThrottlingException", await Refusal(Json("logs", "Logs_20140328", "DescribeLogGroups", new { })));
        Assert.Equal("Throttling", await Refusal(new SignedHttp(_session, "route53", "X", "x", "us-east-1").SendAsync(
            HttpMethod.Get, "/2013-04-01/hostedzone", [], [], "", Cancellation)));
        _cloud.Injected.Refuse("sns:*");
        Assert.Equal("AuthorizationError", await Refusal(Ask("sns", "2010-03-31", "ListTopics", Region, "")));
        var each = _cloud.Injected.ThrottleEach("iam:ListRoles", every: 3);
        for (var round = 0; round < 2; round++)
        {
            await Iam("ListRoles", "");
            await Iam("ListRoles", "");
            Assert.Equal("Throttling", await Refusal(Iam("ListRoles", "")));
        }
        Assert.Equal(2, each.Count);
        Assert.Empty(_cloud.Server.Faults);
    }
}

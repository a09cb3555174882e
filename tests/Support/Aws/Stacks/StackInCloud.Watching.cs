using Causeway.Tests.Support.Aws.Ec2;
using Causeway.Tests.Support.Aws.Route53;
using Causeway.Tests.Support.Aws.Watching;

namespace Causeway.Tests.Support.Aws.Stacks;

// Health checks, topics and alarms, each in its own region where it names one.
public sealed partial class StackInCloud
{
    private const string TopicType = "aws:sns/topic:Topic";

    private IReadOnlyList<(string, Action<StackResource>)> WatchingSteps =>
    [
        ("aws:route53/healthCheck:HealthCheck", planned => Add(planned, _cloud.HealthChecks, new()
        {
            Id = Guid.NewGuid().ToString(), Region = AwsCloud.GlobalRegion, Created = _created, Tags = planned.Tags, Host = planned["fqdn"],
            Ip = planned["ipAddress"] is { } ip ? _told.GetValueOrDefault(ip, ip) : null, Port = planned.Number("port", 443),
            Path = planned["resourcePath"] ?? "/",
        })),
        (TopicType, planned => Add(planned, _cloud.In(RegionOf(planned)).Topics, new()
        {
            Id = planned.Text("name"), Region = RegionOf(planned), Created = _created, Tags = planned.Tags,
        })),
        ("aws:sns/topicSubscription:TopicSubscription", planned =>
            MadeOf<CloudTopic>(TopicType, planned["topic"]).Subscriptions.Add((planned.Text("protocol"), planned.Text("endpoint")))),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", planned => Add(planned, _cloud.In(RegionOf(planned)).Alarms, new()
        {
            Id = planned.Text("name"), Region = RegionOf(planned), Created = _created, Tags = planned.Tags,
            Namespace = planned.Text("namespace"), Metric = planned.Text("metricName"),
            Dimensions = planned.Map("dimensions").ToDictionary(one => one.Key, one => Watched(one.Key, (string)one.Value)),
            Actions = [.. planned.Texts("alarmActions").Select(action =>
                action.StartsWith("arn:of:", StringComparison.Ordinal) ? MadeOf<CloudTopic>(TopicType, action).Arn : action)],
        })),
    ];

    private string RegionOf(StackResource planned) => planned["region"] ?? _region;

    private string Watched(string dimension, string reference) => dimension switch
    {
        "HealthCheckId" => MadeOf<CloudHealthCheck>("aws:route53/healthCheck:HealthCheck", reference).Id,
        "InstanceId" => MadeOf<CloudInstance>("aws:ec2/instance:Instance", reference).Id,
        _ => throw new InvalidOperationException($"the dimension {dimension} is not known"),
    };
}

using System.Collections.Immutable;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Watching;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Sns;
using Aws = Pulumi.Aws;

namespace Causeway.Infra.Resources;

/// <summary>Arguments of <see cref="Watching"/>.</summary>
public sealed class WatchingArgs : ResourceArgs
{
    /// <summary>What is watched.</summary>
    public required Watch Watch { get; init; }

    /// <summary>The instances' ids by host name.</summary>
    public required ImmutableDictionary<string, Output<string>> Instances { get; init; }

    /// <summary>Signalling's Elastic IP, known after the admission.</summary>
    public required Output<string> SignallingAddress { get; init; }

    /// <summary>The stack's tags.</summary>
    public required ResourceTags Tags { get; init; }
}

/// <summary>Health checks, alarms and topics.</summary>
public sealed class Watching : ComponentResource
{
    // The standard interval; a shorter one costs extra.
    private const int ProbeIntervalSeconds = 30;
    private const int ProbeFailures = 3;

    /// <summary>Registers them.</summary>
    public Watching(string name, WatchingArgs args, ComponentResourceOptions? options = null)
        : base("causeway:index:Watching", name, options)
    {
        var (watch, tags) = (args.Watch, args.Tags);
        var topics = watch.Topics.ToDictionary(topic => topic.Region, topic => Topic(topic, tags));
        var checks = watch.HealthChecks.ToDictionary(check => check.Name, check => new Aws.Route53.HealthCheck(check.Name, new()
        {
            Type = "HTTPS",
            // A page that is probed before it is served would raise an alarm.
            Fqdn = check.Host is { } host ? (Input<string>)args.SignallingAddress.Apply(_ => host) : null!,
            IpAddress = check.Host is null ? (Input<string>)args.SignallingAddress : null!,
            Port = check.Port,
            ResourcePath = check.Path,
            // Without a name there is no server name to send.
            EnableSni = check.Host is not null,
            RequestInterval = ProbeIntervalSeconds,
            FailureThreshold = ProbeFailures,
            Tags = tags.Named("health check", check.Name),
        }, this.Within()));

        foreach (var alarm in watch.Alarms)
        {
            var dimensions = alarm.Metric == Metric.HealthCheck
                ? new InputMap<string> { { "HealthCheckId", checks[alarm.Subject].Id } }
                : new InputMap<string> { { "InstanceId", args.Instances[alarm.Subject] } };
            var actions = new InputList<string> { topics[alarm.Region] };
            if (alarm.Recovers) actions.Add($"arn:aws:automate:{alarm.Region}:ec2:recover");
            _ = new MetricAlarm(alarm.Name, new()
            {
                Name = alarm.Name,
                Region = alarm.Region,
                AlarmDescription = alarm.Meaning,
                Namespace = alarm.Metric.Namespace,
                MetricName = alarm.Metric.Name,
                Dimensions = dimensions,
                Statistic = alarm.Statistic,
                ComparisonOperator = alarm.Comparison,
                Threshold = alarm.Threshold,
                Period = alarm.PeriodSeconds,
                EvaluationPeriods = alarm.Periods,
                TreatMissingData = alarm.MissingData,
                AlarmActions = actions,
                OkActions = { topics[alarm.Region] },
                Tags = tags.Named("alarm", alarm.Name),
            }, this.Sole());
        }
        RegisterOutputs();
    }

    private Output<string> Topic(AlarmTopic planned, ResourceTags tags)
    {
        var name = $"{planned.Name}-{planned.Region}";
        var topic = new Topic(name, new()
        {
            Name = planned.Name,
            Region = planned.Region,
            Tags = tags.Named("topic", planned.Name),
        }, this.Sole());
        if (planned.Email is { } email)
        {
            _ = new TopicSubscription(name, new()
            {
                Topic = topic.Arn,
                Region = planned.Region,
                Protocol = "email",
                Endpoint = email,
            }, this.Sole());
        }
        return topic.Arn;
    }
}

using System.Collections.Immutable;
using Causeway.Blueprint;
using Causeway.Blueprint.Watching;
using Pulumi;
using Pulumi.Aws.CloudWatch;
using Pulumi.Aws.Sns;
using Aws = Pulumi.Aws;

namespace Causeway.Infra.Resources;

/// <summary>What watching is made from.</summary>
public sealed class WatchingArgs : ResourceArgs
{
    /// <summary>The plan.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The instance's id for each host's name.</summary>
    public required ImmutableDictionary<string, Output<string>> Instances { get; init; }

    /// <summary>Signalling's Elastic IP, known once the generation was admitted.</summary>
    public required Output<string> SignallingAddress { get; init; }
}

/// <summary>Health checks, alarms and topics.</summary>
public sealed class Watching : ComponentResource
{
    /// <summary>Registers them.</summary>
    public Watching(string name, WatchingArgs args, ComponentResourceOptions? options = null) : base("causeway:index:Watching", name, options)
    {
        var plan = args.Plan;
        var topics = plan.Watch.Topics.ToDictionary(topic => topic.Region, topic => Topic(plan, topic));
        var checks = plan.Watch.HealthChecks.ToDictionary(check => check.Name, check => new Aws.Route53.HealthCheck(check.Name, new()
        {
            Type = "HTTPS",
            // Nobody asks for a page before it stands: its silence would be an alarm.
            Fqdn = check.Host is { } host ? (Input<string>)args.SignallingAddress.Apply(_ => host) : null!,
            IpAddress = check.Host is null ? (Input<string>)args.SignallingAddress : null!,
            Port = check.Port,
            ResourcePath = check.Path,
            // Without a name there is nothing to send in TLS.
            EnableSni = check.Host is not null,
            RequestInterval = check.IntervalSeconds,
            FailureThreshold = check.Failures,
            Tags = plan.Tagged("health check", check.Name),
        }, this.Within()));

        foreach (var alarm in plan.Watch.Alarms)
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
                Tags = plan.Tagged("alarm", alarm.Name),
            }, this.Sole());
        }
        RegisterOutputs();
    }

    private Output<string> Topic(Plan plan, AlarmTopic planned)
    {
        var topic = new Topic($"{planned.Name}-{planned.Region}", new() { Name = planned.Name, Region = planned.Region, Tags = plan.Tagged("topic", planned.Name) }, this.Sole());
        if (planned.Email is { } email)
        {
            _ = new TopicSubscription($"{planned.Name}-{planned.Region}", new() { Topic = topic.Arn, Region = planned.Region, Protocol = "email", Endpoint = email }, this.Sole());
        }
        return topic.Arn;
    }
}

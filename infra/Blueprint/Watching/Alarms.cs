namespace Causeway.Blueprint.Watching;

/// <summary>A metric and who publishes it, so that no alarm waits for a number that never comes.</summary>
/// <param name="Namespace">Its CloudWatch namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Publisher">Who publishes it, and for what.</param>
public sealed record Metric(string Namespace, string Name, string Publisher)
{
    /// <summary>The hardware or network below the instance is broken.</summary>
    public static readonly Metric SystemCheck = new("AWS/EC2", "StatusCheckFailed_System", "EC2, for every running instance, each minute");

    /// <summary>The instance does not answer.</summary>
    public static readonly Metric InstanceCheck = new("AWS/EC2", "StatusCheckFailed_Instance", "EC2, for every running instance, each minute");

    /// <summary>Processor load in percent.</summary>
    public static readonly Metric Cpu = new("AWS/EC2", "CPUUtilization", "EC2, for every running instance, every five minutes");

    /// <summary>Processor credits beyond what was earned, which cost extra; burstable instances only.</summary>
    public static readonly Metric CreditDebt = new("AWS/EC2", "CPUSurplusCreditsCharged", "EC2, for burstable instances in unlimited mode, every five minutes");

    /// <summary>1 when a Route 53 health check passes.</summary>
    public static readonly Metric HealthCheck = new("AWS/Route53", "HealthCheckStatus", "Route 53, for every health check, each minute, in us-east-1 only");

    /// <summary>Every metric that an alarm may name.</summary>
    public static IReadOnlyList<Metric> Published { get; } = [SystemCheck, InstanceCheck, Cpu, CreditDebt, HealthCheck];
}

/// <summary>A CloudWatch alarm.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Meaning">What has happened when it goes off, and what to do.</param>
/// <param name="Metric">What it watches.</param>
/// <param name="Subject">The host, or the health check, whose metric it is, by its name in the plan.</param>
/// <param name="Statistic">How the values of a period become one.</param>
/// <param name="Comparison">How it is compared with the threshold.</param>
/// <param name="Threshold">The threshold.</param>
/// <param name="PeriodSeconds">The length of a period.</param>
/// <param name="Periods">How many periods in a row.</param>
/// <param name="MissingData">What no data means.</param>
/// <param name="Region">Where its metric is published, and so where it and its topic stand.</param>
/// <param name="Recovers">Whether EC2 moves the instance to other hardware.</param>
public sealed record Alarm(
    string Name, string Meaning, Metric Metric, string Subject, string Statistic, string Comparison, double Threshold, int PeriodSeconds, int Periods,
    string MissingData, string Region, bool Recovers = false);

/// <summary>A Route 53 health check: AWS's own probes from several parts of the world.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">The path that answers 200 when all is well.</param>
/// <param name="Host">The DNS name; null: the page's Elastic IP.</param>
/// <param name="Port">The port, HTTPS.</param>
public sealed record HealthCheck(string Name, string Path, string? Host, int Port);

/// <summary>Where alarms of one region are told.</summary>
/// <param name="Name">The topic's name.</param>
/// <param name="Region">The region.</param>
/// <param name="Email">Who is told; null: nobody yet.</param>
public sealed record AlarmTopic(string Name, string Region, string? Email);

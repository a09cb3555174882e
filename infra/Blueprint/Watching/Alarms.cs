namespace Causeway.Blueprint.Watching;

/// <summary>
/// A CloudWatch metric and its publisher. Alarms use only metrics of this list, so none waits for a metric that is never published.
/// </summary>
/// <param name="Publisher">Who publishes it, for what, and how often.</param>
public sealed record Metric(string Namespace, string Name, string Publisher)
{
    private const string EachMinute = "EC2, for every running instance, each minute";

    /// <summary>1 when the hardware or network below the instance is broken.</summary>
    public static readonly Metric SystemCheck = new("AWS/EC2", "StatusCheckFailed_System", EachMinute);

    /// <summary>1 when the instance doesn't respond.</summary>
    public static readonly Metric InstanceCheck = new("AWS/EC2", "StatusCheckFailed_Instance", EachMinute);

    /// <summary>Processor load in percent.</summary>
    public static readonly Metric Cpu = new("AWS/EC2", "CPUUtilization", "EC2, for every running instance, every five minutes");

    /// <summary>Processor credits beyond the earned ones, which cost extra.</summary>
    public static readonly Metric CreditDebt =
        new("AWS/EC2", "CPUSurplusCreditsCharged", "EC2, for burstable instances in unlimited mode, every five minutes");

    /// <summary>1 when a Route 53 health check passes.</summary>
    public static readonly Metric HealthCheck =
        new("AWS/Route53", "HealthCheckStatus", "Route 53, for every health check, each minute, in us-east-1 only");

    public static IReadOnlyList<Metric> Published { get; } = [SystemCheck, InstanceCheck, Cpu, CreditDebt, HealthCheck];
}

/// <summary>A CloudWatch alarm.</summary>
/// <param name="Meaning">What happened, and what to do.</param>
/// <param name="Subject">The host or the health check whose metric it is, by its name in the plan.</param>
/// <param name="Periods">The number of periods in a row.</param>
/// <param name="Region">The region of its metric, and so of it and its topic.</param>
/// <param name="Recovers">Whether EC2 moves the instance to other hardware.</param>
public sealed record Alarm(
    string Name,
    string Meaning,
    Metric Metric,
    string Subject,
    string Statistic,
    string Comparison,
    double Threshold,
    int PeriodSeconds,
    int Periods,
    string MissingData,
    string Region,
    bool Recovers = false);

/// <summary>A Route 53 health check: AWS's own probes from several regions, over HTTPS.</summary>
/// <param name="Path">The path that answers 200.</param>
/// <param name="Host">The DNS name; null for the page's Elastic IP.</param>
public sealed record HealthCheck(string Name, string Path, string? Host, int Port);

/// <summary>The topic for the alarms of a region.</summary>
/// <param name="Email">The address that they are sent to; null for none.</param>
public sealed record AlarmTopic(string Name, string Region, string? Email);

using System.Globalization;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Watching;

/// <summary>An alarm of CloudWatch.</summary>
public sealed class CloudAlarm : CloudResource
{
    public override string Arn => $"arn:aws:cloudwatch:{Region}:{AwsServer.Account}:alarm:{Id}";

    public override string TaggingType => "cloudwatch:alarm";

    public string Namespace { get; init; } = "AWS/EC2";

    public string Metric { get; init; } = "StatusCheckFailed";

    public IReadOnlyDictionary<string, string> Dimensions { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Actions { get; init; } = [];
}

/// <summary>CloudWatch (API of 2010-08-01, query protocol): alarms.</summary>
/// <param name="tables">The alarms of a region.</param>
/// <param name="injected">How late tags are seen.</param>
public sealed class CloudWatchApi(Func<string, CloudTable<CloudAlarm>> tables, Injection injected) : QueryApi
{
    /// <summary>How many of a list are given at once.</summary>
    public int PageSize { get; set; } = 100;

    /// <inheritdoc />
    public override string Service => "monitoring";

    /// <inheritdoc />
    public override string Prefix => "cloudwatch";

    /// <inheritdoc />
    protected override string Schema => "http://monitoring.amazonaws.com/doc/2010-08-01/";

    /// <inheritdoc />
    protected override string Version => "2010-08-01";

    /// <inheritdoc />
    protected override string Result(ApiCall call)
    {
        var alarms = tables(call.Region);
        return call.Name switch
        {
            "DescribeAlarms" => Describe(call, alarms),
            "DeleteAlarms" => Delete(call, alarms),
            "ListTagsForResource" => List("Tags", "member",
                Alarm(call, alarms).Seen().Select(tag => E("Key", tag.Key) + E("Value", tag.Value))),
            "TagResource" => Change(() => Alarm(call, alarms).Tag(call.Form.Tags("Tags.member"), injected.ReadsUntilTagsShow)),
            "UntagResource" => Change(() => Alarm(call, alarms).Untag(
                call.Form.List("TagKeys.member"), injected.ReadsUntilTagsShow)),
            _ => throw AwsRefusedException.Unknown(call.Name),
        };
    }

    private string Describe(ApiCall call, CloudTable<CloudAlarm> alarms)
    {
        var (names, prefix, most) = (call.Form.List("AlarmNames.member"), call.Form["AlarmNamePrefix"], call.Form["MaxRecords"] ?? "50");
        if (names.Count > 100 || (names.Count > 0 && prefix is not null))
            throw AwsRefusedException.Fault("InvalidParameterCombination", "AlarmNames, up to 100, or AlarmNamePrefix");
        if (!int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 100)
            throw AwsRefusedException.Fault("InvalidParameterValue", $"MaxRecords {most} is not from 1 to 100");
        var found = alarms.Read().Where(seen => (names.Count == 0 || names.Contains(seen.Resource.Id))
            && seen.Resource.Id.StartsWith(prefix ?? "", StringComparison.Ordinal));
        var (page, next) = Paging.Cut(found, seen => seen.Resource.Id, call.Form["NextToken"], int.Min(number, PageSize),
            () => AwsRefusedException.Fault("InvalidNextToken", "The token is not valid"));
        return List("MetricAlarms", "member", page.Select(seen => OfAlarm(seen.Resource))) + In("CompositeAlarms") + E("NextToken", next);
    }

    // "If you specify an alarm that does not exist, none is deleted" (DeleteAlarms: ResourceNotFound).
    private static string Delete(ApiCall call, CloudTable<CloudAlarm> alarms)
    {
        var names = call.Form.List("AlarmNames.member");
        if (names.Count is 0 or > 100) throw AwsRefusedException.Fault("InvalidParameterValue", $"{names.Count} names of alarms");
        var found = names.Select(name => alarms.Find(name, () => new(404, "ResourceNotFound", $"The alarm {name} does not exist.")))
            .ToList();
        foreach (var alarm in found) alarms.Remove(alarm);
        return "";
    }

    private static CloudAlarm Alarm(ApiCall call, CloudTable<CloudAlarm> alarms)
    {
        var arn = call.Required("ResourceARN");
        return alarms.All.FirstOrDefault(alarm => alarm.Arn == arn)
            ?? throw new AwsRefusedException(404, "ResourceNotFoundException", $"The alarm {arn} does not exist.");
    }

    private static string OfAlarm(CloudAlarm alarm) => string.Concat(
        E("AlarmName", alarm.Id), E("AlarmArn", alarm.Arn), E("AlarmConfigurationUpdatedTimestamp", alarm.Created), E("StateValue", "OK"),
        List("AlarmActions", "member", alarm.Actions), E("Namespace", alarm.Namespace), E("MetricName", alarm.Metric),
        List("Dimensions", "member", alarm.Dimensions.Select(one => E("Name", one.Key) + E("Value", one.Value))));

    private static string Change(Action change)
    {
        change();
        return "";
    }
}

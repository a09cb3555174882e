namespace Causeway.Blueprint.Tests.Policies;

/// <summary>
/// Which single resources an IAM action can be allowed on: the column "Resource types" of the Service Authorization Reference
/// (docs.aws.amazon.com/service-authorization/latest/reference, the pages of S3, Secrets Manager, Route 53, CloudWatch Logs, Systems
/// Manager and Message Gateway). An action that is missing here has not been looked up.
/// </summary>
internal static class ActionResources
{
    private static readonly Dictionary<string, string?> Types = new()
    {
        ["s3:GetObject"] = "object",
        ["secretsmanager:GetSecretValue"] = "Secret",
        ["secretsmanager:PutSecretValue"] = "Secret",
        ["secretsmanager:CreateSecret"] = "Secret",
        ["secretsmanager:TagResource"] = "Secret",
        ["route53:ChangeResourceRecordSets"] = "hostedzone",
        ["route53:ListResourceRecordSets"] = "hostedzone",
        ["route53:GetChange"] = "change",
        ["route53:ListHostedZonesByName"] = null,
        ["logs:CreateLogStream"] = "log-group",
        ["logs:PutLogEvents"] = "log-stream",
        ["logs:DescribeLogStreams"] = "log-group",
        ["logs:DescribeLogGroups"] = "log-group",
        ["ssm:UpdateInstanceInformation"] = "instance",
        // No role has it.
        ["sts:GetCallerIdentity"] = null,
        ["ssmmessages:CreateControlChannel"] = null,
        ["ssmmessages:CreateDataChannel"] = null,
        ["ssmmessages:OpenControlChannel"] = null,
        ["ssmmessages:OpenDataChannel"] = null,
    };

    /// <summary>The type of resource that the action can be allowed on; null where it is everything or nothing.</summary>
    public static string? Of(string action) => Assert.Contains(action, (IReadOnlyDictionary<string, string?>)Types);
}

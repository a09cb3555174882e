namespace Causeway.Blueprint.Tests.Policies;

/// <summary>
/// The column "Resource types" of the Service Authorization Reference (docs.aws.amazon.com/service-authorization/latest/reference). Look
/// up an action there before you add it.
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
        // No role has this one; PlanBreaks adds it.
        ["sts:GetCallerIdentity"] = null,
        ["ssmmessages:CreateControlChannel"] = null,
        ["ssmmessages:CreateDataChannel"] = null,
        ["ssmmessages:OpenControlChannel"] = null,
        ["ssmmessages:OpenDataChannel"] = null,
    };

    /// <summary>The type of the single resources that the action supports; null if it supports only "*".</summary>
    public static string? Of(string action) => Assert.Contains(action, (IReadOnlyDictionary<string, string?>)Types);
}

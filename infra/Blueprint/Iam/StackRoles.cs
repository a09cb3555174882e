using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Secrets;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Blueprint.Iam;

internal static class StackRoles
{
    /// <summary>
    /// The role of the hosts. Its name contains a hash of its policy: another policy is another role, and running hosts keep theirs.
    /// </summary>
    public static RolePlan Host(StackSettings settings, string bucket, StackSecrets secrets)
    {
        var statements = new List<Statement>
        {
            new("FetchArtifacts", ["s3:GetObject"], [new Target.Objects(bucket, Artifact.Prefix)]),
            new("ReadSecrets", ["secretsmanager:GetSecretValue"], [.. secrets.Derived.Select(secret => new Target.Secret(secret.Name))]),
        };
        if (secrets.Certificate is { } certificate) statements.AddRange(KeepCertificate(settings, certificate));
        if (settings.SessionManager)
        {
            statements.Add(new("ReportToSystemsManager", ["ssm:UpdateInstanceInformation"], [new Target.OwnInstances()]));
            statements.Add(new(
                "SessionManager",
                [
                    "ssmmessages:CreateControlChannel",
                    "ssmmessages:CreateDataChannel",
                    "ssmmessages:OpenControlChannel",
                    "ssmmessages:OpenDataChannel",
                ],
                [new Target.Everything()]));
        }
        var name = $"{StackName.GlobalPrefixOf(settings.Stack, settings.Region)}-host";
        var role = new RolePlan(name, "ec2.amazonaws.com", "What Causeway's instances may do", statements);
        return role with { Name = $"{name}-{Generation.Hash(role.Policy(target => $"{target}"))}" };
    }

    /// <summary>
    /// The role of the flow log (VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs"), without logs:CreateLogGroup: the
    /// group belongs to the stack, and the service would create it again after the stack was destroyed.
    /// </summary>
    public static RolePlan FlowLog(StackSettings settings) => new(
        $"{StackName.GlobalPrefixOf(settings.Stack, settings.Region)}-flow-log",
        "vpc-flow-logs.amazonaws.com",
        "Writes the log of rejected traffic",
        [
            new("WriteLog", ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                [new Target.LogStreams(StackName.LogGroupOf(settings.Stack))]),
            new("FindLogGroup", ["logs:DescribeLogGroups"], [new Target.OwnLogGroups()]),
        ])
    {
        ForOwnAccount = true,
    };

    private static IEnumerable<Statement> KeepCertificate(StackSettings settings, SecretPlan certificate)
    {
        string[] creates = certificate.MadeByHost ? ["secretsmanager:CreateSecret", "secretsmanager:TagResource"] : [];
        var zone = new Target.HostedZone(settings.HostedZone!);
        yield return new("KeepCertificate",
            ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", .. creates], [new Target.Secret(certificate.Name)]);
        yield return new("AnswerAcmeChallenge", ["route53:ChangeResourceRecordSets"], [zone])
        {
            // Only the record of the challenge.
            Conditions =
            [
                new("ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsNormalizedRecordNames", [settings.AcmeChallenge!]),
                new("ForAllValues:StringEquals", "route53:ChangeResourceRecordSetsRecordTypes", ["TXT"]),
            ],
        };
        yield return new("ReadAcmeChallenge", ["route53:ListResourceRecordSets"], [zone]);
        yield return new("FollowAcmeChallenge", ["route53:GetChange"], [new Target.DnsChanges()]);
        yield return new("FindHostedZone", ["route53:ListHostedZonesByName"], [new Target.Everything()]);
    }
}

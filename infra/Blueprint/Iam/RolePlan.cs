namespace Causeway.Blueprint.Iam;

/// <summary>An IAM role that an AWS service assumes.</summary>
public sealed record RolePlan(string Name, string Service, string Description, IReadOnlyList<Statement> Statements)
{
    /// <summary>
    /// Gets whether the service may assume it only for resources of the role's own account, which prevents the confused deputy problem.
    /// Defaults to false: to start an instance with a role one needs the right to pass that role.
    /// </summary>
    public bool ForOwnAccount { get; init; }

    /// <summary>The policy that lets the service assume the role.</summary>
    public string TrustPolicy(string account)
    {
        var ownAccount = new { StringEquals = new Dictionary<string, string> { ["aws:SourceAccount"] = account } };
        return PolicyDocument.Render(
        [
            new
            {
                Effect = "Allow",
                Principal = new { Service },
                Action = "sts:AssumeRole",
                Condition = ForOwnAccount ? ownAccount : null,
            },
        ]);
    }

    /// <summary>The policy of the statements.</summary>
    /// <param name="arn">The ARN of a target, or a pattern of ARNs.</param>
    public string Policy(Func<Target, string> arn) => PolicyDocument.Render(
        from statement in Statements
        let resources = statement.Targets.Select(arn).ToList()
        select new PolicyStatement(statement.Sid, statement.Actions, resources, statement.Conditions).ToDocument());
}

/// <summary>A permission of a role.</summary>
public sealed record Statement(string Sid, IReadOnlyList<string> Actions, IReadOnlyList<Target> Targets)
{
    public IReadOnlyList<Condition> Conditions { get; init; } = [];
}

/// <summary>What a permission is about. The plan names it; its ARN is known once it exists.</summary>
public abstract record Target
{
    public sealed record Objects(string Bucket, string Prefix) : Target;

    public sealed record Secret(string Name) : Target;

    public sealed record HostedZone(string Name) : Target;

    public sealed record LogStreams(string LogGroup) : Target;

    // The rest are wildcards, which a waiver must explain. The first two are of the account in the stack's region.
    public sealed record OwnLogGroups : Target;

    public sealed record OwnInstances : Target;

    public sealed record DnsChanges : Target;

    public sealed record Everything : Target;

    /// <summary>The ARN, if it follows from names; null if AWS generates part of it.</summary>
    public string? Arn(string region, string account) => this switch
    {
        Objects objects => $"arn:aws:s3:::{objects.Bucket}/{objects.Prefix}*",
        LogStreams logs => $"arn:aws:logs:{region}:{account}:log-group:{logs.LogGroup}:*",
        OwnLogGroups => $"arn:aws:logs:{region}:{account}:log-group:*",
        OwnInstances => $"arn:aws:ec2:{region}:{account}:instance/*",
        DnsChanges => "arn:aws:route53:::change/*",
        Everything => "*",
        _ => null,
    };

    /// <summary>Gets whether it covers things that the stack doesn't name.</summary>
    public bool IsWildcard => this is OwnLogGroups or OwnInstances or DnsChanges or Everything;
}

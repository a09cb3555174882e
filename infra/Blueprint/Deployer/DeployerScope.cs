namespace Causeway.Blueprint.Deployer;

/// <summary>What a deployer's right applies to: as narrow as IAM can express before the stack exists.</summary>
public enum DeployerScope
{
    /// <summary>Everything, for actions without resource-level permissions.</summary>
    Anything,

    /// <summary>A new EC2 resource that is created with the stack's tag.</summary>
    NewInEc2,

    /// <summary>An EC2 resource with the stack's tag.</summary>
    OwnInEc2,

    /// <summary>The tags of an EC2 resource at its creation.</summary>
    TagsOfNew,

    /// <summary>A VPC's default security group, which AWS creates without tags.</summary>
    DefaultGroup,

    /// <summary>The image of an instance, by its publisher.</summary>
    Image,

    /// <summary>The network interface of a new instance.</summary>
    Interface,

    Role,

    /// <summary>The stack's roles, passed to the services that assume them.</summary>
    PassedRole,

    /// <summary>CloudWatch's own role for alarms that act on instances, one for each account.</summary>
    AlarmRole,

    Profile,
    Bucket,
    Objects,
    Secret,
    LogGroup,
    Alarm,
    Topic,

    /// <summary>All hosted zones, because their ids are unknown.</summary>
    Zone,

    /// <summary>The stack's records in hosted zones.</summary>
    Records,

    /// <summary>All changes of records, because Route 53 generates their ids.</summary>
    Change,

    /// <summary>All health checks, because policies support neither their names nor their tags.</summary>
    HealthCheck,
}


namespace Causeway.Blueprint.Deployer;

/// <summary>What a right of whoever runs <c>pulumi up</c> is about: as narrow as AWS can say it before the stack is there.</summary>
public enum DeployerScope
{
    /// <summary>Everything: actions that look things up and know no single resources.</summary>
    Anything,

    /// <summary>A new resource of EC2 that gets the stack's tag as it is made.</summary>
    NewInEc2,

    /// <summary>A resource of EC2 with the stack's tag.</summary>
    OwnInEc2,

    /// <summary>Tags of a resource of EC2 as it is made.</summary>
    TagsOfNew,

    /// <summary>A VPC's default security group, which AWS makes without tags.</summary>
    DefaultGroup,

    /// <summary>What an instance is started from or with and has no tag that could be asked for: the image's publisher is named.</summary>
    Image,

    /// <summary>The network interface that an instance is started with.</summary>
    Interface,

    Role,

    /// <summary>The stack's roles, handed to the services that take them on.</summary>
    PassedRole,

    /// <summary>CloudWatch's own role for alarms that act on instances, one for each account.</summary>
    AlarmRole,

    /// <summary>The stack's instance profile.</summary>
    Profile,

    Bucket,

    /// <summary>The objects in it.</summary>
    Objects,

    Secret,

    /// <summary>The stack's log group.</summary>
    LogGroup,

    Alarm,

    Topic,

    /// <summary>Hosted zones: their ids are not known.</summary>
    Zone,

    /// <summary>The stack's own records in them.</summary>
    Records,

    /// <summary>Changes of records: Route 53 makes up an id for each.</summary>
    Change,

    /// <summary>Health checks: Route 53 knows neither names nor tags of them in policies.</summary>
    HealthCheck,
}

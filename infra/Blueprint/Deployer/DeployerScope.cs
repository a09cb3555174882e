namespace Causeway.Blueprint.Deployer;

/// <summary>
/// What a deployer's right applies to, as narrow as IAM can express before the stack exists; each is one statement of the policy.
/// </summary>
public enum DeployerScope
{
    Anything,       // for actions without resource-level permissions
    NewInEc2,       // what is created with the stack's tag
    OwnInEc2,       // what has the stack's tag
    TagsOfNew,      // the tags of what is created in EC2
    DefaultGroup,   // a VPC's default security group, which AWS creates without tags
    Image,          // the image of an instance, by its publisher
    Interface,      // the network interface of a new instance
    Role,
    PassedRole,     // the stack's roles, passed to the services that assume them
    AlarmRole,      // CloudWatch's own role for alarms that act on instances, one for each account
    Profile,
    Bucket,
    Objects,
    Secret,
    LogGroup,
    Alarm,
    Topic,
    Zone,           // all hosted zones, because their ids are unknown
    Records,        // the stack's records in hosted zones
    Change,         // all changes of records, because Route 53 generates their ids
    HealthCheck,    // all health checks, because policies support neither their names nor their tags
}

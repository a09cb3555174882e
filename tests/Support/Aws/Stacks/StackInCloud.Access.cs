using Causeway.Tests.Support.Aws.Iam;

namespace Causeway.Tests.Support.Aws.Stacks;

// Roles with their policies, and instance profiles.
public sealed partial class StackInCloud
{
    private IReadOnlyList<(string, Action<StackResource>)> AccessSteps =>
    [
        ("aws:iam/role:Role", planned => Add(planned, _cloud.Roles, new()
        {
            Id = planned.Text("name"), Region = AwsCloud.GlobalRegion, Created = _created, Tags = planned.Tags,
            Path = planned["path"] ?? "/", Description = planned["description"] ?? "",
        })),
        ("aws:iam/rolePolicy:RolePolicy", planned => RoleNamed(planned).Policies.Add(planned.Text("name"), planned.Text("policy"))),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", planned => RoleNamed(planned).Attached.Add(planned.Text("policyArn"))),
        ("aws:iam/instanceProfile:InstanceProfile", planned => Add(planned, _cloud.Profiles, new()
        {
            Id = planned.Text("name"), Region = AwsCloud.GlobalRegion, Created = _created, Tags = planned.Tags,
            Path = planned["path"] ?? "/", Role = RoleNamed(planned).Id,
        })),
    ];

    // By name, not by id: policies and profiles refer to names.
    private CloudRole RoleNamed(StackResource planned) => _cloud.Roles.TryFind(planned["role"], out var role)
        ? role
        : throw new InvalidOperationException($"{planned.Type} {planned.Name}: there is no role {planned["role"]}");
}

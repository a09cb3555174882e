using System.Globalization;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Iam;

/// <summary>An IAM role with its inline policies and those that are attached.</summary>
public sealed class CloudRole : CloudResource
{
    public override string Arn => $"arn:aws:iam::{AwsServer.Account}:role{Path}{Id}";

    public string Path { get; init; } = "/";

    public string Description { get; init; } = "";

    /// <summary>Names of inline policies, each with its document.</summary>
    public Dictionary<string, string> Policies { get; } = [];

    /// <summary>The ARNs of managed policies.</summary>
    public List<string> Attached { get; } = [];
}

/// <summary>An instance profile.</summary>
public sealed class CloudProfile : CloudResource
{
    public override string Arn => $"arn:aws:iam::{AwsServer.Account}:instance-profile{Path}{Id}";

    public override string TaggingType => "iam:instance-profile";

    public string Path { get; init; } = "/";

    /// <summary>The role in it.</summary>
    public string? Role { get; set; }
}

/// <summary>IAM (API of 2010-05-08): roles and instance profiles, one for the whole world.</summary>
/// <param name="roles">The account's roles.</param>
/// <param name="profiles">Its instance profiles.</param>
/// <param name="injected">How late tags are seen.</param>
public sealed class IamApi(CloudTable<CloudRole> roles, CloudTable<CloudProfile> profiles, Injection injected) : QueryApi
{
    /// <summary>How many of a list are given at once.</summary>
    public int PageSize { get; set; } = 100;

    /// <inheritdoc />
    public override string Service => "iam";

    /// <inheritdoc />
    public override string Home => AwsCloud.GlobalRegion;

    /// <inheritdoc />
    protected override string Schema => "https://iam.amazonaws.com/doc/2010-05-08/";

    /// <inheritdoc />
    protected override string Version => "2010-05-08";

    /// <inheritdoc />
    protected override string Result(ApiCall call) => call.Name switch
    {
        "ListRoles" => Page(call, "Roles", roles.Read().Where(seen => Below(call, seen.Resource.Path)), seen => OfRole(seen.Resource)),
        "GetRole" => In("Role", OfRole(Role(call)), E("Description", Role(call).Description), Tags(Role(call).Seen())),
        "ListRoleTags" => Tags(Role(call).Seen()) + E("IsTruncated", false),
        "TagRole" => Tag(call, Role(call)),
        "UntagRole" => Untag(call, Role(call)),
        "ListRolePolicies" => List("PolicyNames", "member", Role(call).Policies.Keys) + E("IsTruncated", false),
        "DeleteRolePolicy" => Role(call).Policies.Remove(call.Required("PolicyName"))
            ? "" : throw Missing($"The role policy with name {call.Form["PolicyName"]} cannot be found."),
        "ListAttachedRolePolicies" => List("AttachedPolicies", "member", Role(call).Attached.Select(arn =>
            E("PolicyName", arn.Split('/')[^1]) + E("PolicyArn", arn))) + E("IsTruncated", false),
        "DetachRolePolicy" => Role(call).Attached.Remove(call.Required("PolicyArn"))
            ? "" : throw Missing($"Policy {call.Form["PolicyArn"]} was not found."),
        "DeleteRole" => DeleteRole(Role(call)),
        "ListInstanceProfiles" => Page(call, "InstanceProfiles",
            profiles.Read().Where(seen => Below(call, seen.Resource.Path)), seen => OfProfile(seen.Resource)),
        "ListInstanceProfilesForRole" => Page(call, "InstanceProfiles",
            profiles.Read().Where(seen => seen.Resource.Role == Role(call).Id), seen => OfProfile(seen.Resource)),
        "GetInstanceProfile" => In("InstanceProfile", OfProfile(Profile(call)), Tags(Profile(call).Seen())),
        "ListInstanceProfileTags" => Tags(Profile(call).Seen()) + E("IsTruncated", false),
        "TagInstanceProfile" => Tag(call, Profile(call)),
        "UntagInstanceProfile" => Untag(call, Profile(call)),
        "RemoveRoleFromInstanceProfile" => RemoveRole(call, Profile(call)),
        "DeleteInstanceProfile" => DeleteProfile(Profile(call)),
        _ => throw AwsRefusedException.Unknown(call.Name),
    };

    private CloudRole Role(ApiCall call)
    {
        var name = call.Required("RoleName");
        return roles.Find(name, () => Missing($"The role with name {name} cannot be found."));
    }

    private CloudProfile Profile(ApiCall call)
    {
        var name = call.Required("InstanceProfileName");
        return profiles.Find(name, () => Missing($"Instance Profile {name} cannot be found."));
    }

    private string DeleteRole(CloudRole role)
    {
        if (profiles.All.Any(profile => profile.Role == role.Id))
            throw Conflict("Cannot delete entity, must remove roles from instance profile first.");
        if (role.Policies.Count > 0) throw Conflict("Cannot delete entity, must delete policies first.");
        if (role.Attached.Count > 0) throw Conflict("Cannot delete entity, must detach all policies first.");
        roles.Remove(role);
        return "";
    }

    private static string RemoveRole(ApiCall call, CloudProfile profile)
    {
        if (profile.Role != call.Required("RoleName"))
            throw Missing($"Instance Profile {profile.Id} does not contain Role {call.Form["RoleName"]}.");
        profile.Role = null;
        return "";
    }

    private string DeleteProfile(CloudProfile profile)
    {
        if (profile.Role is not null) throw Conflict("Cannot delete entity, must remove roles from instance profile first.");
        profiles.Remove(profile);
        return "";
    }

    private string Tag(ApiCall call, CloudResource resource)
    {
        resource.Tag(call.Form.Tags("Tags.member"), injected.ReadsUntilTagsShow);
        return "";
    }

    private string Untag(ApiCall call, CloudResource resource)
    {
        resource.Untag(call.Form.List("TagKeys.member"), injected.ReadsUntilTagsShow);
        return "";
    }

    private static bool Below(ApiCall call, string path) => path.StartsWith(call.Form["PathPrefix"] ?? "/", StringComparison.Ordinal);

    // Tags are not in lists: "does not return tags" (ListRoles, ListInstanceProfiles).
    private static string OfRole(CloudRole role) => string.Concat(
        E("Path", role.Path), E("RoleName", role.Id), E("RoleId", "AROA1"), E("Arn", role.Arn), E("CreateDate", role.Created),
        E("AssumeRolePolicyDocument", "%7B%7D"), E("MaxSessionDuration", 3600));

    private string OfProfile(CloudProfile profile) => string.Concat(
        E("Path", profile.Path), E("InstanceProfileName", profile.Id), E("InstanceProfileId", "AIPA1"), E("Arn", profile.Arn),
        E("CreateDate", profile.Created),
        List("Roles", "member", roles.TryFind(profile.Role, out var role) ? [OfRole(role)] : []));

    private static string Tags(IReadOnlyDictionary<string, string> tags) =>
        List("Tags", "member", tags.Select(tag => E("Key", tag.Key) + E("Value", tag.Value)));

    private string Page<T>(ApiCall call, string list, IEnumerable<Seen<T>> all, Func<Seen<T>, string> item) where T : CloudResource
    {
        var most = call.Form["MaxItems"] ?? "100";
        if (!int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 1000)
            throw AwsRefusedException.Fault(
                "ValidationError", $"Value '{most}' at 'maxItems' failed to satisfy constraint: from 1 to 1000");
        var (page, next) = Paging.Cut(all, seen => seen.Resource.Id, call.Form["Marker"], int.Min(number, PageSize),
            () => AwsRefusedException.Fault("ValidationError", "Invalid Marker"));
        return List(list, "member", page.Select(item)) + E("IsTruncated", next is not null) + E("Marker", next);
    }

    private static AwsRefusedException Missing(string message) => new(404, "NoSuchEntity", message);

    private static AwsRefusedException Conflict(string message) => new(409, "DeleteConflict", message);
}

using System.Globalization;
using System.Xml.Linq;
using Causeway.Blueprint.Naming;
using Causeway.Blueprint.Sweep;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>
/// IAM roles and instance profiles. The tagging API doesn't list roles, so all of them are listed, and those with a matching name are read.
/// </summary>
internal sealed class RoleSweeper(AwsSession session, SweepCalls calls) : ISweeper
{
    private readonly SignedQuery _iam = SignedQuery.Iam(session);

    public string Region => FoundResource.Global;

    public IReadOnlyList<string> Kinds { get; } = [SweepKinds.Role, SweepKinds.InstanceProfile];

    public async Task<IReadOnlyList<FoundResource>> FindAsync(string kind, CancellationToken cancellation)
    {
        var (what, name) = Words(kind);
        var listed = await Pages.AllAsync<XElement>(async next =>
        {
            var page = await AskAsync($"List{what}s", next is null ? [("MaxItems", "100")] : [("MaxItems", "100"), ("Marker", next)],
                cancellation);
            // An instance profile contains its role, which has a name too.
            var members = page.All($"{what}s").SelectMany(list => list.Elements());
            return (members, page.All("Marker").FirstOrDefault()?.Value);
        });
        var found = listed.Select(one => (Name: one.Text(name)!, Made: one.Text("CreateDate")))
            .Where(one => one.Name.StartsWith(StackName.Prefix, StringComparison.Ordinal));
        var read = await Task.WhenAll(found.Select(one => Pages.OrUnreadAsync(new()
        {
            Kind = kind,
            Id = one.Name,
            Name = one.Name,
            Region = FoundResource.Global,
            Since = TimeOf(one.Made),
        }, role => ReadAsync(role, cancellation))));
        return [.. read.OfType<FoundResource>()];
    }

    public Task<FoundResource?> ReadAsync(FoundResource found, CancellationToken cancellation) => Pages.OrGoneAsync(async () =>
    {
        var (what, name) = Words(found.Kind);
        var tags = new Dictionary<string, string>();
        await Pages.AllAsync<string>(async next =>
        {
            var page = await AskAsync($"List{what}Tags", next is null ? [(name, found.Id)] : [(name, found.Id), ("Marker", next)],
                cancellation);
            foreach (var (key, value) in QueryTags.Of(page)) tags[key] = value;
            return ([], page.All("Marker").FirstOrDefault()?.Value);
        });
        return found with { Tags = tags };
    });

    public async Task RemoveAsync(FoundResource found, CancellationToken cancellation)
    {
        if (found.Kind == SweepKinds.InstanceProfile)
        {
            var profile = await AskAsync("GetInstanceProfile", [("InstanceProfileName", found.Id)], cancellation);
            foreach (var role in profile.All("RoleName").Select(role => role.Value))
                await Pages.UnlessGoneAsync(() =>
                    AskAsync("RemoveRoleFromInstanceProfile", [("InstanceProfileName", found.Id), ("RoleName", role)], cancellation));
            await AskAsync("DeleteInstanceProfile", [("InstanceProfileName", found.Id)], cancellation);
            return;
        }
        var policies = await AskAsync("ListRolePolicies", [("RoleName", found.Id)], cancellation);
        foreach (var policy in policies.All("member").Select(policy => policy.Value))
            await Pages.UnlessGoneAsync(() => AskAsync("DeleteRolePolicy", [("RoleName", found.Id), ("PolicyName", policy)], cancellation));
        await AskAsync("DeleteRole", [("RoleName", found.Id)], cancellation);
    }

    private static DateTimeOffset? TimeOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private Task<XElement> AskAsync(string action, IReadOnlyList<(string, string)> parameters, CancellationToken cancellation) =>
        calls.AskAsync($"iam:{action}", limit => _iam.CallAsync(action, parameters, limit), cancellation);

    private static (string What, string Name) Words(string kind) =>
        kind == SweepKinds.Role ? ("Role", "RoleName") : ("InstanceProfile", "InstanceProfileName");
}

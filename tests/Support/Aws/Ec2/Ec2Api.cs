using System.Globalization;
using System.Text.RegularExpressions;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws.Ec2;

/// <summary>EC2 (API of 2016-11-15) with its resources: parameters, filters, pages, dependencies and errors as documented.</summary>
public sealed partial class Ec2Api : AwsApi
{
    private const string Schema = "http://ec2.amazonaws.com/doc/2016-11-15/";

    private readonly Func<string, Ec2Region> _regions;
    private readonly Injection _injected;
    private readonly Dictionary<string, Func<ApiCall, Ec2Region, string>> _actions = [];

    /// <summary>Serves regions.</summary>
    public Ec2Api(Func<string, Ec2Region> regions, Injection injected)
    {
        (_regions, _injected) = (regions, injected);
        AddInstances();
        AddAddresses();
        AddInterfaces();
        AddGroups();
        AddNetwork();
        AddRoutes();
        AddTags();
        AddCatalog();
    }

    /// <summary>How many of a list are given at once; AWS may give fewer than requested.</summary>
    public int PageSize { get; set; } = 1000;

    /// <inheritdoc />
    public override string Service => "ec2";

    /// <inheritdoc />
    public override (int Status, string Code) Denied => (403, "UnauthorizedOperation");

    /// <inheritdoc />
    public override (int Status, string Code) Throttled => (503, "RequestLimitExceeded");

    /// <inheritdoc />
    public override string ActionOf(AwsRequest request) => new QueryForm(request.Text)["Action"] ?? "";

    /// <inheritdoc />
    public override AwsReply Answer(ApiCall call)
    {
        if (call.Form["Version"] != "2016-11-15") throw AwsRefusedException.Fault("InvalidAction", $"version {call.Form["Version"]}");
        if (!_actions.TryGetValue(call.Name, out var action)) throw AwsRefusedException.Unknown(call.Name);
        if (call.Form["DryRun"] == "true")
            throw new AwsRefusedException(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.");
        var region = _regions(call.Region);
        region.Tick();
        return Reply(call.Name, action(call, region));
    }

    /// <inheritdoc />
    public override AwsReply Error(AwsRefusedException refusal) => ErrorOf(refusal);

    /// <inheritdoc />
    public override AwsRefusedException Unsigned(SignatureFault fault) => fault.InEc2();

    /// <summary>A refusal as EC2 words it.</summary>
    public static AwsReply ErrorOf(AwsRefusedException refusal) => AwsReply.Xml(refusal.Status, $"""
        <Response><Errors><Error>{E("Code", refusal.Code)}{E("Message", refusal.Message)}</Error></Errors>
        <RequestID>r</RequestID></Response>
        """);

    /// <summary>An answer as EC2 wraps it.</summary>
    public static AwsReply Reply(string action, string content) =>
        AwsReply.Xml(200, $"<{action}Response xmlns=\"{Schema}\"><requestId>r</requestId>{content}</{action}Response>");

    private static string Done => E("return", true);

    // What has the filters of a kind, beside those of tags; by EC2's API reference.
    private sealed class Filters<T> : Dictionary<string, Func<T, IEnumerable<string?>>> where T : Ec2Resource;

    private sealed record Kind<T>(string Set, string Ids, string NotFound, string Called, Func<Seen<T>, string> Item) where T : Ec2Resource
    {
        public Filters<T> Filters { get; init; } = [];

        public bool Paged { get; init; } = true;

        // The bounds of MaxResults, which differ (EC2 API reference).
        public (int Least, int Most) Sizes { get; init; } = (5, 1000);

        // Where "You cannot specify this parameter and the IDs parameter in the same request".
        public bool EitherIdsOrPages { get; init; }

        public AwsRefusedException Missing(string id) => new(400, NotFound, $"The {Called} '{id}' does not exist");
    }

    private string Describe<T>(ApiCall call, CloudTable<T> table, Kind<T> kind, Predicate<T>? also = null) where T : Ec2Resource
    {
        var (asked, ids) = (call.Form, call.Form.List(kind.Ids));
        var size = PageSize;
        if (asked["MaxResults"] is { } most)
        {
            if (!kind.Paged) throw AwsRefusedException.Fault("InvalidParameterCombination", $"{call.Name} has no parameter MaxResults");
            var (least, largest) = kind.Sizes;
            if (!int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < least || number > largest)
            {
                throw AwsRefusedException.Fault("InvalidParameterValue",
                    $"Value ( {most} ) for parameter maxResults is invalid. Expecting {least} to {largest}.");
            }
            if (kind.EitherIdsOrPages && ids.Count > 0)
                throw AwsRefusedException.Fault("InvalidParameterCombination", $"{kind.Ids} cannot be used with the parameter maxResults");
            size = int.Min(size, number);
        }
        foreach (var name in asked.Filters.Keys.Where(name => !IsTagFilter(name) && !kind.Filters.ContainsKey(name)))
            throw AwsRefusedException.Fault("InvalidParameterValue", $"The filter '{name}' is invalid");

        var read = table.Read();
        if (ids.FirstOrDefault(id => read.All(seen => seen.Resource.Id != id)) is { } missing) throw kind.Missing(missing);
        var found = read.Where(seen => (ids.Count == 0 || ids.Contains(seen.Resource.Id)) && also?.Invoke(seen.Resource) != false
            && asked.Filters.All(filter => Passes(seen, filter)));
        if (!kind.Paged) return Xml.List(kind.Set, "item", found.Select(kind.Item));
        var (page, next) = Paging.Cut(found, CloudTable<T>.OrderOf, asked["NextToken"], size,
            () => AwsRefusedException.Fault("InvalidNextToken", "The token is not valid"));
        return Xml.List(kind.Set, "item", page.Select(kind.Item)) + E("nextToken", next);

        bool Passes(Seen<T> seen, KeyValuePair<string, IReadOnlyList<string>> filter) =>
            (filter.Key.StartsWith("tag:", StringComparison.Ordinal)
                ? seen.Tags.TryGetValue(filter.Key[4..], out var value) ? [value] : []
                : filter.Key == "tag-key" ? seen.Tags.Keys : kind.Filters[filter.Key](seen.Resource))
            .Any(value => value is not null && filter.Value.Any(pattern => Like(pattern, value)));
    }

    private static bool IsTagFilter(string name) => name == "tag-key" || name.StartsWith("tag:", StringComparison.Ordinal);

    // "Filtering tips" in the EC2 user guide: * and ?, and a backslash before one that is meant itself.
    private static bool Like(string pattern, string value) => Regex.IsMatch(value,
        $"^{Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal)}$",
        RegexOptions.Singleline);

    private static T Find<T>(CloudTable<T> table, Kind<T> kind, string id) where T : Ec2Resource => table.Find(id, () => kind.Missing(id));

    private static AwsRefusedException Depends(string message) => new(400, "DependencyViolation", message);

    private static string TagSet(IReadOnlyDictionary<string, string> tags) =>
        tags.Count == 0 ? "" : Xml.List("tagSet", "item", tags.Select(tag => E("key", tag.Key) + E("value", tag.Value)));
}

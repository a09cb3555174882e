using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Account;
using Causeway.Blueprint.Settings;
using Causeway.Infra.Resources;
using Causeway.Infra.Resources.Rollout;
using Pulumi;
using Pulumi.Aws.SecretsManager;
using Pulumi.Testing;
using Pulumi.Utilities;

namespace Causeway.Infra.Tests;

/// <summary>A registered resource, or a look-up with its arguments as inputs.</summary>
internal sealed record RegisteredResource(string Type, string Name, ImmutableDictionary<string, object> Inputs, string? Provider)
{
    /// <summary>Whether the provider tags it: its class has <c>TagsAll</c>.</summary>
    public bool TakesTags { get; init; }

    /// <summary>Its inputs, and what AWS adds.</summary>
    public ImmutableDictionary<string, object> State { get; init; } = ImmutableDictionary<string, object>.Empty;

    /// <summary>Type and name, as in <see cref="Registered.After"/> and <see cref="Registered.Protected"/>.</summary>
    public string Id => $"{Type} {Name}";

    /// <summary>What people call its type.</summary>
    public string Kind => Types.KindOf(Type);

    public object? this[string input] => Inputs.GetValueOrDefault(input);

    public ImmutableDictionary<string, object> Map(string input) => (ImmutableDictionary<string, object>)Inputs[input];

    public ImmutableArray<object> List(string input) => Inputs.TryGetValue(input, out var list) ? (ImmutableArray<object>)list : [];

    /// <summary>An input inside another one, as <c>rules.0.status</c>; null if it is not set.</summary>
    public object? At(string path) => path.Split('.').Aggregate((object?)Inputs, (value, step) => value switch
    {
        ImmutableDictionary<string, object> map => map.GetValueOrDefault(step),
        ImmutableArray<object> list when int.Parse(step, CultureInfo.InvariantCulture) is var index && index < list.Length => list[index],
        _ => null,
    });

    /// <summary>The number at a path.</summary>
    public int Number(string path) => Convert.ToInt32(At(path), CultureInfo.InvariantCulture);
}

/// <summary>A plan's registered resources. Answers the program like the engine with AWS's provider.</summary>
internal sealed class Registered : IMocks
{
    private readonly ConcurrentQueue<RegisteredResource> _resources = [];
    private readonly ConcurrentQueue<string> _componentsWithOutputs = [];

    public IReadOnlyList<RegisteredResource> Resources => [.. _resources];

    /// <summary>Without the provider.</summary>
    public IReadOnlyList<RegisteredResource> InAws =>
        [.. _resources.Where(resource => resource.Type.StartsWith("aws:", StringComparison.Ordinal))];

    public IReadOnlyList<Resource> Objects { get; private set; } = [];

    public IDictionary<string, object?> Outputs { get; private set; } = new Dictionary<string, object?>();

    public required Plan Plan { get; init; }

    public ProviderSettings Provider { get; init; } = ProviderSettings.None;

    /// <summary>The program's day, long before the plans expire.</summary>
    public DateOnly Today { get; init; } = new(2026, 11, 22);

    /// <summary>Gets the program's warnings; null for the engine's log.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>The error of the image's look-up; null to find it.</summary>
    public string? ImageFailure { get; init; }

    /// <summary>The image's processor; null for the plan's.</summary>
    public string? ImageArchitecture { get; init; }

    /// <summary>The zones that offer the instance type; null for all of the region.</summary>
    public string[]? Offered { get; init; }

    /// <summary>The error of the hosted zone's look-up; null to find it.</summary>
    public string? ZoneFailure { get; init; }

    /// <summary>The records that the hosted zone already has.</summary>
    public IReadOnlyList<ListedRecord> Records { get; init; } = [];

    /// <summary>Elastic IPs with the stack's tag.</summary>
    public string[] OwnElasticIps { get; init; } = [];

    /// <summary>IPv6 addresses of interfaces with the stack's tag.</summary>
    public string[] OwnIpv6 { get; init; } = [];

    /// <summary>The error of the addresses' look-up; null to list them.</summary>
    public string? AddressFailure { get; init; }

    /// <summary>All resources and look-ups, for policies.</summary>
    public Graph Graph => new(Plan, [.. _resources, .. Calls]);

    public IReadOnlyList<RegisteredResource> Of(string type) => Graph.Of(type);

    public RegisteredResource One(string type) => Assert.Single(Of(type));

    /// <summary>A resource's tags in AWS.</summary>
    public IReadOnlyDictionary<string, string> TagsOf(RegisteredResource resource) => Graph.TagsOf(resource);

    /// <summary>Registers each of <see cref="Plans.All"/>.</summary>
    public static Task<Registered[]> Every() => Task.WhenAll(Plans.All.Values.Select(plan => From(plan)));

    public static async Task<Registered> From(Plan plan, ProbeRelay? probe = null, bool preview = false, AdmitGeneration? admit = null)
    {
        var registered = new Registered { Plan = plan };
        await registered.RegisterAsync(probe, preview, admit);
        return registered;
    }

    public async Task RegisterAsync(
        ProbeRelay? probe = null, bool preview = false, AdmitGeneration? admit = null, WaitForOldRelays? wait = null)
    {
        (Objects, Outputs) = await Deployment.TestAsync(
            this,
            new TestOptions { ProjectName = "causeway", StackName = "dev", IsPreview = preview },
            () => new CausewayStack(Plan.Prefix, Args(probe, admit, wait), new() { ResourceTransformations = { SeeOptions } }).Outputs);
        await ReadOptionsAsync();
    }

    private CausewayStackArgs Args(ProbeRelay? probe, AdmitGeneration? admit, WaitForOldRelays? wait)
    {
        var args = new CausewayStackArgs
        {
            Plan = Plan,
            Provider = Provider,
            Today = Today,
            Probe = probe ?? (_ => Task.CompletedTask),
            Admit = admit ?? (_ => Task.CompletedTask),
            Wait = wait ?? ((_, _) => Task.CompletedTask),
        };
        args.Warn = Warn ?? args.Warn;
        return args;
    }

    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        var state = args.Inputs;
        if (args.Type == Types.Eip)
            state = state.SetItem("publicIp", args.Name!.EndsWith("signalling", StringComparison.Ordinal) ? "203.0.113.2" : "203.0.113.1");
        if (args.Type == Types.Vpc && args.Inputs.TryGetValue("assignGeneratedIpv6CidrBlock", out var dual) && dual is true)
            state = state.SetItem("ipv6CidrBlock", "2001:db8:1:100::/56");
        if (args.Type == Types.Interface)
        {
            state = state
                .SetItem("privateIp", "10.77.0.9")
                .SetItem("privateIps", ImmutableArray.Create<object>("10.77.0.4", "10.77.0.9"))
                .SetItem("ipv6Addresses", ImmutableArray.Create<object>("2001:db8:1:100::b", "2001:db8:1:100::a"));
        }
        state = state.SetItem("arn", $"arn:of:{args.Name}");
        _resources.Enqueue(new(args.Type!, args.Name!, args.Inputs, args.Provider)
        {
            State = state,
            TakesTags = _tagged.ContainsKey(args.Type!),
        });
        return Task.FromResult<(string?, object)>(($"{args.Name}-id", state));
    }

    /// <summary>The look-ups that the program made.</summary>
    public ConcurrentQueue<RegisteredResource> Calls { get; } = [];

    public Task<object> CallAsync(MockCallArgs args)
    {
        Calls.Enqueue(new(args.Token!, "", args.Args, args.Provider));
        return AnswerAsync(args);
    }

    private Task<object> AnswerAsync(MockCallArgs args) => Task.FromResult<object>(args.Token switch
    {
        Types.HostedZone when ZoneFailure is not null => throw new InvalidOperationException(ZoneFailure),
        Types.HostedZone => HostedZone(args.Args),
        Types.Ami when ImageFailure is not null => throw new InvalidOperationException(ImageFailure),
        Types.Ami => args.Args.Add("id", $"ami-of-{Filter(args)}").Add("architecture", ImageArchitecture ?? PlannedArchitecture),
        "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings" => args.Args.Add("locations", List(Offerings(Filter(args)))),
        Types.Records => args.Args.Add("resourceRecordSets", List(RecordSets((string)args.Args["nameRegex"]))),
        Types.Eips when AddressFailure is not null => throw new InvalidOperationException(AddressFailure),
        Types.Eips => args.Args.Add("publicIps", List(IsOwn(args) ? OwnElasticIps : [])),
        "aws:ec2/getNetworkInterfaces:getNetworkInterfaces" =>
            args.Args.Add("ids", List(IsOwn(args) ? OwnIpv6.Select((_, index) => $"eni-{index}") : [])),
        "aws:ec2/getNetworkInterface:getNetworkInterface" =>
            args.Args.Add("ipv6Addresses", List([OwnIpv6[int.Parse(((string)args.Args["id"])[4..], CultureInfo.InvariantCulture)]])),
        "aws:index/getCallerIdentity:getCallerIdentity" => args.Args.Add("accountId", "123456789012"),
        _ => throw new InvalidOperationException($"unexpected call of {args.Token}"),
    });

    private string PlannedArchitecture => Plan.Hosts[0].Architecture == Architecture.Arm64 ? "arm64" : "x86_64";

    private IEnumerable<string> Offerings(string type) =>
        type == Plan.Hosts[0].InstanceType ? Offered ?? "abcdef".Select(letter => $"{Plan.Settings.Region}{letter}") : [];

    // The provider lists all of the zone's records whose names, as Route 53 writes them, match the expression.
    private IEnumerable<object> RecordSets(string names) =>
        from record in Records
        where Regex.IsMatch(record.Name, names)
        let values = record.Values.Select(value => Map(("value", value)))
        select Map(("name", record.Name), ("type", record.Type), ("resourceRecords", List(values)));

    private static ImmutableDictionary<string, object> HostedZone(ImmutableDictionary<string, object> args)
    {
        var name = (string)args["name"];
        var id = name == "example.org" ? "Z0EXAMPLE" : $"Z0{Blueprint.Hosts.Generation.Hash(name)}";
        return args.Add("zoneId", id).Add("arn", $"arn:aws:route53:::hostedzone/{id}");
    }

    private static string Filter(MockCallArgs args)
    {
        var filter = (ImmutableDictionary<string, object>)((ImmutableArray<object>)args.Args["filters"])[0];
        return (string)((ImmutableArray<object>)filter["values"])[0];
    }

    private bool IsOwn(MockCallArgs args) =>
        ((ImmutableDictionary<string, object>)args.Args["tags"])["causeway:stack"] as string == Plan.Settings.Stack;

    private static ImmutableArray<object> List(IEnumerable<object> values) => [.. values];

    private static ImmutableDictionary<string, object> Map(params IEnumerable<(string Key, object Value)> values) =>
        values.ToImmutableDictionary(value => value.Key, value => value.Value);

    /// <summary>Each resource with its parent.</summary>
    public ConcurrentDictionary<Resource, Resource?> Parents { get; } = [];

    private readonly ConcurrentDictionary<Resource, InputList<Resource>> _after = [];
    private readonly ConcurrentDictionary<Resource, bool> _protected = [];
    private readonly ConcurrentDictionary<Resource, bool> _deletedFirst = [];
    private readonly ConcurrentDictionary<Resource, ResourceArgs> _args = [];
    private readonly ConcurrentDictionary<string, bool> _tagged = [];

    /// <summary>The arguments of a secret's value, which the program marked secret.</summary>
    public SecretVersionArgs Given(SecretVersion version) => (SecretVersionArgs)_args[version];

    private ResourceTransformationResult? SeeOptions(ResourceTransformationArgs args)
    {
        Parents[args.Resource] = args.Options.Parent;
        _after[args.Resource] = args.Options.DependsOn;
        _protected[args.Resource] = args.Options.Protect ?? false;
        _deletedFirst[args.Resource] = args.Options is CustomResourceOptions { DeleteBeforeReplace: true };
        _args[args.Resource] = args.Args;
        if (args.Resource.GetType().GetProperty("TagsAll") is not null) _tagged[args.Resource.GetResourceType()] = true;
        return null;
    }

    /// <summary>The explicit dependencies of each resource (<c>DependsOn</c>).</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> After { get; private set; } = new Dictionary<string, IReadOnlySet<string>>();

    /// <summary>The resources that the engine refuses to delete.</summary>
    public IReadOnlySet<string> Protected { get; private set; } = new HashSet<string>();

    /// <summary>The resources that are deleted before they are replaced.</summary>
    public IReadOnlySet<string> DeletedFirst { get; private set; } = new HashSet<string>();

    private async Task ReadOptionsAsync()
    {
        var after = new Dictionary<string, IReadOnlySet<string>>();
        foreach (var (resource, others) in _after)
            after[Id(resource)] = (await OutputUtilities.GetValueAsync(others.ToOutput())).Select(Id).ToHashSet();
        After = after;
        Protected = _protected.Where(pair => pair.Value).Select(pair => Id(pair.Key)).ToHashSet();
        DeletedFirst = _deletedFirst.Where(pair => pair.Value).Select(pair => Id(pair.Key)).ToHashSet();
    }

    private static string Id(Resource resource) => $"{resource.GetResourceType()} {resource.GetResourceName()}";

    public IReadOnlyList<string> ComponentsWithOutputs => [.. _componentsWithOutputs];

    public Task RegisterResourceOutputs(MockRegisterResourceOutputsRequest args)
    {
        _componentsWithOutputs.Enqueue(args.Urn!);
        return Task.CompletedTask;
    }
}

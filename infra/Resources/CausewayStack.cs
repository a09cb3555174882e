using System.Collections.Immutable;
using Causeway.Blueprint;
using Causeway.Blueprint.Cost;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Network;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;
using Causeway.Infra.Resources.Account;
using Causeway.Infra.Resources.Configuration;
using Causeway.Infra.Resources.Rollout;
using Pulumi;
using Aws = Pulumi.Aws;

namespace Causeway.Infra.Resources;

/// <summary>Arguments of <see cref="CausewayStack"/>.</summary>
public sealed class CausewayStackArgs : ResourceArgs
{
    /// <summary>The plan.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The settings of the AWS provider.</summary>
    public ProviderSettings Provider { get; init; } = ProviderSettings.None;

    /// <summary>The day (UTC) that warnings are based on.</summary>
    public DateOnly Today { get; init; } = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    /// <summary>Shows a warning about the settings. Defaults to the engine's log.</summary>
    public Action<string> Warn { get; set; } = warning => Log.Warn(warning);

    /// <summary>Probes the new relay.</summary>
    public ProbeRelay Probe { get; init; } = target => Gate.ProbeAsync(target, warning => Log.Warn(warning));

    /// <summary>Has signalling hand out the new relay.</summary>
    public AdmitGeneration Admit { get; init; } = Admissions.AdmitAsync;

    /// <summary>Waits until the old relays carry no calls.</summary>
    public WaitForOldRelays Wait { get; init; } = OldRelays.WaitAsync;
}

/// <summary>All of a plan as resources: network, storage, roles, the generation, signalling's address, watching.</summary>
public sealed class CausewayStack : ComponentResource
{
    /// <summary>The address to open in a browser.</summary>
    public Output<string> Address { get; }

    /// <summary>The iceServers with a credential, as JSON; marked secret.</summary>
    public Output<string> IceServers { get; }

    /// <summary>The Elastic IPs by service, <c>relay</c> and <c>signalling</c>.</summary>
    public Output<ImmutableDictionary<string, string>> Addresses { get; }

    /// <summary>The command that tests the stack from anywhere.</summary>
    public Output<string> Check { get; }

    /// <summary>The stack's outputs by the names of <see cref="OutputPlan"/>.</summary>
    public IDictionary<string, object?> Outputs { get; }

    /// <summary>Registers everything.</summary>
    public CausewayStack(string name, CausewayStackArgs args, ComponentResourceOptions? options = null)
        : base("causeway:index:Stack", name, ComponentResourceOptions.Merge(Provided(args), options))
    {
        var plan = args.Plan;
        var tags = new ResourceTags(plan);
        var within = new ComponentResourceOptions { Parent = this };
        var look = new InvokeOptions { Parent = this };
        var host = plan.Hosts.Single();
        var zone = plan.Settings.HostedZone is { } zoneName ? Lookups.HostedZone(plan, zoneName, look) : null;
        var image = Lookups.Image(host, plan.Settings.Region, look);
        var offered = Lookups.Zone(host, plan.Network.Zone, look);
        var account = Aws.GetCallerIdentity.Invoke(null, look).Apply(caller => caller.AccountId);
        Input<string>? zoneId = zone is null ? null : (Input<string>)zone.Apply(found => found.Id);

        var storage = new Storage(plan.Prefix, new()
        {
            Prefix = plan.Prefix,
            Buckets = plan.Buckets,
            Secrets = plan.Secrets,
            Tags = tags,
        }, within);
        Input<string> Arn(Target target) => target switch
        {
            Target.Objects objects => storage.BucketArns[objects.Bucket].Apply(arn => $"{arn}/{objects.Prefix}*"),
            Target.Secret secret when storage.SecretArns.TryGetValue(secret.Name, out var arn) => arn,
            // A host creates it: Secrets Manager adds a hyphen and six characters to its name.
            Target.Secret secret =>
                account.Apply(number => $"arn:aws:secretsmanager:{plan.Settings.Region}:{number}:secret:{secret.Name}-??????"),
            Target.HostedZone => zone!.Apply(found => found.Arn),
            _ => account.Apply(number =>
                target.Arn(plan.Settings.Region, number) ?? throw new InvalidOperationException($"{target} has no ARN")),
        };
        var roles = plan.Roles.ToDictionary(role => role.Name, role => new Role(role.Name, new()
        {
            Role = role,
            Arn = Arn,
            Account = account,
            ForInstances = plan.Hosts.Any(host => host.Role == role.Name),
            Tags = tags,
        }, within));
        var network = new Network(plan.Network.Name, new()
        {
            Network = plan.Network,
            Rules = plan.Rules,
            LogName = plan.Prefix,
            // After all look-ups, so that nothing is created in a network while one of them fails.
            Zone = zone is null
                ? Output.Tuple(offered, image).Apply(found => found.Item1)
                : Output.Tuple(offered, image, zone).Apply(found => found.Item1),
            FlowLogRole = roles[plan.Network.FlowLog.Role],
            Tags = tags,
        }, within);
        var set = new HostSet(host.Name, new()
        {
            Host = host,
            DualStack = plan.Network.DualStack,
            Address = AddressOf(plan, Service.Relay),
            Names = NamesOf(plan, Service.Relay),
            Network = network,
            InstanceProfile = roles[host.Role].InstanceProfile,
            Image = image,
            Zone = zoneId,
            Contents = storage.Contents,
            Tags = tags,
        }, within);

        // The stack's outputs and what they name wait for the gate. A preview creates nothing that could be probed.
        var isUpdate = !Deployment.Instance.IsDryRun;
        var relayAddress = plan.Settings.Gate && isUpdate
            ? Output.Tuple(set.RelayAddress, set.RelayIpv6, set.InstanceId).Apply(async found =>
            {
                await args.Probe(Gate.TargetOf(plan, found.Item1, TimeProvider.System.GetUtcNow(), found.Item2));
                return found.Item1;
            })
            : set.RelayAddress;
        Output<string> Probed(Output<string> value) => Output.Tuple(value, relayAddress).Apply(both => both.Item1);

        var signalling = new SignallingAddress($"{plan.Prefix}-signalling", new()
        {
            Address = AddressOf(plan, Service.Signalling),
            Names = NamesOf(plan, Service.Signalling),
            Network = network,
            InterfaceId = Probed(set.InterfaceId),
            PrivateAddress = Probed(set.SignallingPrivateAddress),
            Ipv6 = Probed(set.SignallingIpv6),
            ZoneName = plan.Settings.HostedZone,
            Zone = zoneId,
            Tags = tags,
        }, within);
        // The admission makes signalling hand out the new relay and drain older ones. Its address is in the outputs once the old relays are
        // empty: the engine deletes them when the program has ended.
        var admitted = plan.Settings.Gate && isUpdate
            ? signalling.Moved.Apply(async address =>
            {
                await args.Admit(Admissions.TargetOf(plan, address));
                return address;
            })
            : signalling.Address;
        var signallingAddress = plan.Settings.Drain > TimeSpan.Zero && isUpdate
            ? Output.Tuple(admitted, relayAddress).Apply(async addresses =>
            {
                if (await OldRelays.FindAsync(plan, [addresses.Item1, addresses.Item2], TimeProvider.System.GetUtcNow(), look) is { } old)
                    await args.Wait(old, (line, passing) => Log.Info(line, this, ephemeral: passing));
                return addresses.Item1;
            })
            : admitted;
        _ = new Watching(plan.Prefix, new()
        {
            Watch = plan.Watch,
            Instances = ImmutableDictionary<string, Output<string>>.Empty.Add(host.Name, set.InstanceId),
            SignallingAddress = admitted,
            Tags = tags,
        }, within);

        Address = signallingAddress.Apply(address => plan.Address(address).ToString());
        IceServers = Output.CreateSecret(relayAddress.Apply(address => IcePlan.ToJson(plan.IceServers(address))));
        Addresses = Output.Tuple(relayAddress, signallingAddress)
            .Apply(both => ImmutableDictionary<string, string>.Empty.Add("relay", both.Item1).Add("signalling", both.Item2));
        Check = signallingAddress.Apply(plan.CheckCommand);
        Outputs = new Dictionary<string, object?>
        {
            [OutputPlan.Address.Name] = Address,
            [OutputPlan.IceServers.Name] = IceServers,
            [OutputPlan.Addresses.Name] = Addresses,
            [OutputPlan.Generation.Name] = plan.Generation,
            [OutputPlan.Cost.Name] = CostEstimate.Of(plan).ToString(),
            [OutputPlan.Check.Name] = Check,
        };
        RegisterOutputs(Outputs);
    }

    private static ElasticIp AddressOf(Plan plan, Service service) => plan.Addresses.Single(address => address.Service == service);

    private static IReadOnlyList<DnsRecord> NamesOf(Plan plan, Service service) =>
        [.. plan.Names.Where(record => record.Service == service)];

    // Runs before anything is registered: refuses what AWS's limits do not allow, and warns of what is probably a mistake.
    private static ComponentResourceOptions Provided(CausewayStackArgs args)
    {
        PlanLimits.Check(args.Plan);
        foreach (var warning in args.Plan.Settings.WarningsOn(args.Today)) args.Warn(warning);
        return new() { Providers = { AwsProvider.For(args.Plan.Settings.Region, args.Provider, new ResourceTags(args.Plan).Everywhere) } };
    }
}

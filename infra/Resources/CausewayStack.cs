using System.Collections.Immutable;
using Causeway.Blueprint;
using Causeway.Blueprint.Cost;
using Causeway.Blueprint.Iam;
using Causeway.Blueprint.Limits;
using Causeway.Blueprint.Services;
using Causeway.Blueprint.Settings;
using Pulumi;
using Aws = Pulumi.Aws;

namespace Causeway.Infra.Resources;

/// <summary>What a stack is made from.</summary>
public sealed class CausewayStackArgs : ResourceArgs
{
    /// <summary>What shall stand.</summary>
    public required Plan Plan { get; init; }

    /// <summary>The settings of the AWS provider.</summary>
    public ProviderSettings Provider { get; init; } = ProviderSettings.None;

    /// <summary>The day (UTC) that warnings go by.</summary>
    public DateOnly Today { get; init; } = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    /// <summary>Who is told what is likely not meant: the console of a preview and of an update, as warnings.</summary>
    public Action<string> Warn { get; set; } = warning => Log.Warn(warning);

    /// <summary>Who decides whether a new relay is used.</summary>
    public AdmitRelay Admit { get; init; } = target => Gate.AdmitAsync(target, warning => Log.Warn(warning));

    /// <summary>Who has signalling hand it out.</summary>
    public AdmitGeneration Announce { get; init; } = Admissions.AdmitAsync;

    /// <summary>Who waits until the old relays are empty.</summary>
    public WaitForOldRelays Wait { get; init; } = OldRelays.WaitAsync;
}

/// <summary>The whole of a plan as resources: network, storage, roles, the generation, signalling's address, watching.</summary>
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
    /// <param name="name">The component's name.</param>
    /// <param name="args">What it is made from.</param>
    /// <param name="options">Options of the component.</param>
    public CausewayStack(string name, CausewayStackArgs args, ComponentResourceOptions? options = null) : base("causeway:index:Stack", name, ComponentResourceOptions.Merge(Provided(args), options))
    {
        var plan = args.Plan;
        var within = new ComponentResourceOptions { Parent = this };
        var look = new InvokeOptions { Parent = this };
        var host = plan.Hosts.Single();
        var zone = plan.Settings.HostedZone is { } zoneName ? Lookups.HostedZone(plan, zoneName, look) : null;
        var image = Lookups.Image(host, plan.Settings.Region, look);
        var offered = Lookups.Zone(host, plan.Network.Zone, look);
        var account = Aws.GetCallerIdentity.Invoke(null, look).Apply(caller => caller.AccountId);
        Input<string>? zoneId = zone is null ? null : (Input<string>)zone.Apply(found => found.Id);

        var storage = new Storage(plan.Prefix, new() { Plan = plan }, within);
        Input<string> Arn(Target target) => target switch
        {
            Target.Objects objects => storage.BucketArns[objects.Bucket].Apply(arn => $"{arn}/{objects.Prefix}*"),
            Target.Secret secret when storage.SecretArns.TryGetValue(secret.Name, out var arn) => arn,
            // A host makes it: Secrets Manager adds a hyphen and six characters to its name.
            Target.Secret secret => account.Apply(number => $"arn:aws:secretsmanager:{plan.Settings.Region}:{number}:secret:{secret.Name}-??????"),
            Target.HostedZone => zone!.Apply(found => found.Arn),
            _ => account.Apply(number => target.Arn(plan.Settings.Region, number) ?? throw new InvalidOperationException($"{target} is a target of no known kind")),
        };
        var roles = plan.Roles.ToDictionary(role => role.Name, role => new Role(role.Name, new()
        {
            Plan = plan,
            Role = role,
            Arn = Arn,
            Account = account,
            ForInstances = plan.Hosts.Any(host => host.Role == role.Name),
        }, within));
        var network = new Network(plan.Network.Name, new()
        {
            Plan = plan,
            // Of all look-ups, so that nothing is made in a network while one of them fails.
            Zone = zone is null
                ? Output.Tuple(offered, image).Apply(found => found.Item1)
                : Output.Tuple(offered, image, zone).Apply(found => found.Item1),
            FlowLogRole = roles[plan.Network.FlowLog.Role],
        }, within);
        var set = new HostSet(host.Name, new()
        {
            Plan = plan,
            Host = host,
            Network = network,
            InstanceProfile = roles[host.Role].InstanceProfile,
            Image = image,
            Zone = zoneId,
            Contents = storage.Contents,
        }, within);

        // What is shown to the world, and what the world is shown, waits for the gate. Nothing stands there yet in a preview.
        var relayAddress = plan.Settings.Gate && !Deployment.Instance.IsDryRun
            ? Output.Tuple(set.RelayAddress, set.RelayIpv6, set.InstanceId).Apply(async found =>
            {
                await args.Admit(Gate.TargetOf(plan, found.Item1, TimeProvider.System.GetUtcNow(), found.Item2));
                return found.Item1;
            })
            : set.RelayAddress;
        Output<string> Admitted(Output<string> value) => Output.Tuple(value, relayAddress).Apply(both => both.Item1);

        var signalling = new SignallingAddress($"{plan.Prefix}-signalling", new()
        {
            Plan = plan,
            Network = network,
            InterfaceId = Admitted(set.InterfaceId),
            PrivateAddress = Admitted(set.SignallingPrivateAddress),
            Ipv6 = Admitted(set.SignallingIpv6),
            Zone = zoneId,
        }, within);
        // Signalling hands out the new relay, and tells older ones to drain, when it is told so; its address is in the outputs when it has heard
        // it and the old relays are empty. The engine deletes them when the program has ended.
        var announced = plan.Settings.Gate && !Deployment.Instance.IsDryRun
            ? signalling.Moved.Apply(async address =>
            {
                await args.Announce(Admissions.TargetOf(plan, address));
                return address;
            })
            : signalling.Address;
        var signallingAddress = plan.Settings.Drain > TimeSpan.Zero && !Deployment.Instance.IsDryRun
            ? Output.Tuple(announced, relayAddress).Apply(async addresses =>
            {
                if (await OldRelays.FindAsync(plan, [addresses.Item1, addresses.Item2], TimeProvider.System.GetUtcNow(), look) is { } old)
                    await args.Wait(old, (line, passing) => Log.Info(line, this, ephemeral: passing));
                return addresses.Item1;
            })
            : announced;
        _ = new Watching(plan.Prefix, new()
        {
            Plan = plan,
            Instances = ImmutableDictionary<string, Output<string>>.Empty.Add(host.Name, set.InstanceId),
            SignallingAddress = announced,
        }, within);

        Address = signallingAddress.Apply(address => plan.Address(address).ToString());
        IceServers = Output.CreateSecret(relayAddress.Apply(address => IcePlan.ToJson(plan.IceServers(address))));
        Addresses = Output.Tuple(relayAddress, signallingAddress).Apply(both => ImmutableDictionary<string, string>.Empty.Add("relay", both.Item1).Add("signalling", both.Item2));
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

    // The first thing of all: what does not fit into AWS's limits, and what is likely not meant, is said before anything is registered.
    private static ComponentResourceOptions Provided(CausewayStackArgs args)
    {
        PlanLimits.Check(args.Plan);
        foreach (var warning in args.Plan.Settings.WarningsOn(args.Today)) args.Warn(warning);
        return new() { Providers = { AwsProvider.For(args.Plan.Settings.Region, args.Provider) } };
    }
}

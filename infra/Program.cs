using Causeway.Blueprint;
using Causeway.Blueprint.Settings;
using Causeway.Infra.Resources;
using Causeway.Infra.Resources.Configuration;
using Causeway.Publishing;
using Pulumi;

// Settings, plan, resources, outputs.
return await Deployment.RunAsync(() =>
{
    try
    {
        var (settings, provider) = StackConfig.Read(
            Deployment.Instance.StackName,
            Environment.GetEnvironmentVariable("PULUMI_CONFIG"),
            Environment.GetEnvironmentVariable("PULUMI_CONFIG_SECRET_KEYS"));
        var artifacts = ArtifactPublisher.Publish(Checkout.Top(), settings.Architecture, line => Log.Info(line));
        var plan = Planner.Plan(settings, artifacts) with { DefaultTags = provider.DefaultTags };
        return new CausewayStack(plan.Prefix, new() { Plan = plan, Provider = provider }).Outputs;
    }
    catch (Exception wrong) when (wrong is SettingsException or PublishException)
    {
        throw new RunException(wrong.Message);
    }
});

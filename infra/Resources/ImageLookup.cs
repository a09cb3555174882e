using Causeway.Blueprint.Hosts;
using Causeway.Blueprint.Settings;
using Pulumi;
using Pulumi.Aws.Ec2;
using Pulumi.Aws.Ec2.Inputs;

namespace Causeway.Infra.Resources;

/// <summary>Finds the machine image that the settings name, in the stack's region.</summary>
internal static class ImageLookup
{
    /// <summary>Looks an image up by its exact name and owner.</summary>
    /// <param name="host">The host that starts from it.</param>
    /// <param name="region">The stack's region, for what is said when there is none.</param>
    /// <param name="options">Whose provider looks.</param>
    /// <exception cref="ImageException">There is no such image, it is for another processor, or it cannot be looked for.</exception>
    public static Output<string> Find(HostPlan host, string region, InvokeOptions options) => Output.Create(FindAsync(host, region, options));

    // Not the look-up that gives an output: its failure would be a stack trace that names no setting.
    private static async Task<string> FindAsync(HostPlan host, string region, InvokeOptions options)
    {
        GetAmiResult found;
        try
        {
            found = await GetAmi.InvokeAsync(new()
            {
                Owners = { host.Image.Owner },
                Filters = { new GetAmiFilterArgs { Name = "name", Values = { host.Image.Name } } },
                // A pinned image stays usable after Debian has published newer ones.
                IncludeDeprecated = true,
            }, options);
        }
        catch (Exception failure)
        {
            throw new ImageException($"cannot be found among the images of account {host.Image.Owner} in {region}", host, region, failure);
        }

        var wanted = host.Architecture == Architecture.Arm64 ? "arm64" : "x86_64";
        return found.Architecture == wanted
            ? found.Id
            : throw new ImageException($"is for {found.Architecture}, and {SettingKey.Architecture.Name} needs one for {wanted}", host, region, null);
    }
}

/// <summary>The image of the settings is not in the region, is for another processor, or cannot be looked for.</summary>
public sealed class ImageException(string problem, HostPlan host, string region, Exception? failure) : RunException(
    $"{SettingKey.Image.Name}: {host.Image.Name} {problem}. List the images that there are and name one, or leave the setting out for a tested one:\n"
    + $"  aws ec2 describe-images --region {region} --owners {host.Image.Owner} --query 'Images[].Name' --include-deprecated\n"
    + $"  pulumi config set causeway:{SettingKey.Image.Name} NAME"
    + (failure is null ? "" : $"\nWhat came back:\n  {failure.Message}"),
    failure);

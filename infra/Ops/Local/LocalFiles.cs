using System.Security.Cryptography;
using Causeway.Blueprint.Local;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Local;

/// <summary>The plan of a local run and the settings file that the services read.</summary>
internal sealed record LocalFiles(LocalPlan Plan, string SettingsFile)
{
    /// <summary>Plans a local run with a new root secret, and writes its settings file.</summary>
    /// <exception cref="OpsException">The settings are invalid, or the file can't be written.</exception>
    public static LocalFiles Write(LocalChoice choice)
    {
        try
        {
            var plan = LocalPlan.Create(choice.Settings, RandomNumberGenerator.GetBytes(RootSecret.MinBytes));
            var file = Path.Combine(choice.Folder, "settings.json");
            PrivateFile.Write(file, plan.SettingsJson);
            return new(plan, file);
        }
        catch (SettingsException mistakes)
        {
            throw OpsException.Of(mistakes);
        }
    }
}

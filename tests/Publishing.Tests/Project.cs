using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Publishing.Tests;

/// <summary>The checkout that the tests run from, published as a stack publishes it. Only what changed since the last run takes time.</summary>
internal static class Project
{
    public static string Root { get; } = Find(new(AppContext.BaseDirectory)).FullName;

    private static readonly Dictionary<Architecture, Lazy<IReadOnlyList<Artifact>>> Archives =
        Enum.GetValues<Architecture>().ToDictionary(architecture => architecture, architecture => new Lazy<IReadOnlyList<Artifact>>(() => ArtifactPublisher.Publish(Root, architecture)));

    /// <summary>The archives; the test is skipped where the runtime's packages, which no other build needs, cannot be had.</summary>
    public static IReadOnlyList<Artifact> Published(Architecture architecture)
    {
        try
        {
            return Archives[architecture].Value;
        }
        catch (PublishException failed) when (failed.Message.Contains("error NU1", StringComparison.Ordinal))
        {
            Assert.Skip($"the packages of a self-contained program cannot be restored here: {failed.Message}");
            throw;
        }
    }

    private static DirectoryInfo Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "Causeway.slnx")) ? folder
        : Find(folder.Parent ?? throw new InvalidOperationException($"there is no Causeway.slnx above {AppContext.BaseDirectory}"));
}

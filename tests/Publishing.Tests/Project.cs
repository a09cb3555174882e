using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Publishing.Tests;

/// <summary>The checkout that the tests run from, published as a stack publishes it. Only what changed since the last run takes time.</summary>
internal static class Project
{
    public static string Root { get; } = Find(new(AppContext.BaseDirectory)).FullName;

    private static readonly Dictionary<Architecture, Lazy<IReadOnlyList<Artifact>>> Archives =
        Enum.GetValues<Architecture>().ToDictionary(architecture => architecture, architecture => new Lazy<IReadOnlyList<Artifact>>(() => ArtifactPublisher.Publish(Root, architecture)));

    public static IReadOnlyList<Artifact> Published(Architecture architecture) => Archives[architecture].Value;

    private static DirectoryInfo Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "Causeway.slnx")) ? folder
        : Find(folder.Parent ?? throw new InvalidOperationException($"there is no Causeway.slnx above {AppContext.BaseDirectory}"));
}

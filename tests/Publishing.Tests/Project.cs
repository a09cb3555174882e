using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;

namespace Causeway.Publishing.Tests;

/// <summary>The checkout that the tests run from, published as for a stack. Unchanged programs are not published again.</summary>
internal static class Project
{
    public static string Root => Causeway.Tests.Support.Running.Checkout.Root;

    private static readonly Dictionary<Architecture, Lazy<IReadOnlyList<Artifact>>> Archives =
        Enum.GetValues<Architecture>().ToDictionary(
            architecture => architecture,
            architecture => new Lazy<IReadOnlyList<Artifact>>(() => ArtifactPublisher.Publish(Root, architecture)));

    /// <summary>The archives. Skips the test where the runtime packages, which no other build needs, can't be restored.</summary>
    public static IReadOnlyList<Artifact> Published(Architecture architecture)
    {
        try
        {
            return Archives[architecture].Value;
        }
        catch (PublishException failed) when (failed.Message.Contains("error NU1", StringComparison.Ordinal))
        {
            Assert.Skip($"the packages of a self-contained program can't be restored here: {failed.Message}");
            throw;
        }
    }
}

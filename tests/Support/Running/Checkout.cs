namespace Causeway.Tests.Support.Running;

/// <summary>The checkout that the tests run from, and folders beside it.</summary>
public static class Checkout
{
    /// <summary>The top folder: the one with the solution.</summary>
    public static string Root { get; } = Find(new(AppContext.BaseDirectory)).FullName;

    /// <summary>A path below the top folder.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static DirectoryInfo Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "Causeway.slnx")) ? folder
        : Find(folder.Parent ?? throw new InvalidOperationException($"there is no Causeway.slnx above {AppContext.BaseDirectory}"));
}

namespace Causeway.Tests.Support.Running;

/// <summary>What <c>script/test</c> fetches from the instances' Debian release and unpacks into the user's cache.</summary>
public static class Fetched
{
    /// <summary>The folder of unpacked packages; it is missing where they could not be fetched.</summary>
    public static string Folder(string name) => Path.Combine(Cache, "causeway", name);

    private static string Cache => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
        ? cache
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}

namespace Causeway.Blueprint.Tests;

/// <summary>Files in the checkout that are made from the code. With CAUSEWAY_REGENERATE=1 the tests write them; otherwise they compare.</summary>
internal static class Generated
{
    public static void IsFresh(string path, string expected)
    {
        var full = Path.Combine(Top(), path);
        if (Environment.GetEnvironmentVariable("CAUSEWAY_REGENERATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, expected);
        }
        Assert.True(File.Exists(full) && File.ReadAllText(full) == expected,
            $"{path} is not what the code says; run this test once with CAUSEWAY_REGENERATE=1 in the environment and commit the file");
    }

    public static string Top()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Causeway.slnx"))) folder = folder.Parent!;
        return folder.FullName;
    }
}

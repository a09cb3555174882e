using Xunit;

namespace Causeway.Tests.Support.Running;

/// <summary>Files in the checkout that are made from the code. With CAUSEWAY_REGENERATE=1 the tests write them; otherwise they compare.</summary>
public static class Generated
{
    public static void IsFresh(string path, string expected)
    {
        var full = Checkout.At(path);
        if (Environment.GetEnvironmentVariable("CAUSEWAY_REGENERATE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, expected);
        }
        Assert.True(File.Exists(full) && File.ReadAllText(full) == expected,
            $"{path} differs from the code; run this test once with CAUSEWAY_REGENERATE=1 in the environment and commit the file");
    }
}

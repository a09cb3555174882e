namespace Causeway.Protocol.Tests;

/// <summary>Messages in tests/vectors, as hex text; comments after # name their source and contents.</summary>
internal static class Vector
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "vectors");

    public static byte[] Read(string name) => Convert.FromHexString(string.Concat(
        File.ReadLines(Path.Combine(Folder, name)).SelectMany(line => line.Split('#')[0].Where(c => !char.IsWhiteSpace(c)))));

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.hex").Select(file => Path.GetFileName(file)).Order();
}

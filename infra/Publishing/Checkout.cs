namespace Causeway.Publishing;

/// <summary>The checkout that this program runs in.</summary>
public static class Checkout
{
    /// <summary>Finds the top folder, upwards from the current directory.</summary>
    public static string Top()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Causeway.slnx"))) return folder.FullName;
        throw new PublishException($"{Environment.CurrentDirectory} isn't in a checkout of Causeway; run the command from one");
    }
}

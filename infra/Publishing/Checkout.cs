namespace Causeway.Publishing;

/// <summary>The checkout that this program runs in.</summary>
public static class Checkout
{
    /// <summary>Its top folder, found upwards from where the engine started the program.</summary>
    public static string Top()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Causeway.slnx"))) return folder.FullName;
        throw new PublishException($"{Environment.CurrentDirectory} does not lie in a checkout of Causeway, whose sources the hosts' programs are published from");
    }
}

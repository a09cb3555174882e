namespace Causeway.Publishing;

/// <summary>Keeps two programs from publishing into one folder at a time.</summary>
internal static class FolderLock
{
    // Longer than publishing takes on a slow machine.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for the lock, and holds it until the result is disposed or the process ends.</summary>
    /// <exception cref="PublishException">Another process held the lock for 15 minutes.</exception>
    public static IDisposable Take(string folder)
    {
        var file = Path.Combine(folder, "lock");
        for (var start = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (File.Exists(file))
            {
                if (TimeProvider.System.GetElapsedTime(start) > Patience)
                    throw new PublishException($"{file} is locked by another publish; wait for it, or end it", held);
                Thread.Sleep(Pause);
            }
        }
    }
}

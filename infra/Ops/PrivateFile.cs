namespace Causeway.Ops;

/// <summary>Writes files that only their owner may read: settings with secrets, private keys.</summary>
public static class PrivateFile
{
    /// <summary>Replaces a file; readers see the old content or the new one, never half of it, and nobody else sees either.</summary>
    /// <exception cref="OpsException">The file or its folder cannot be written.</exception>
    public static void Write(string path, string content)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);

            // A new file, because the mode of one that exists would stay what it was.
            var fresh = $"{path}.{Guid.NewGuid():N}";
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var writer = new StreamWriter(fresh, options)) writer.Write(content);
            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new OpsException($"cannot write {path} ({cause.Message}); make its folder yours, or choose another with --out", cause: cause);
        }
    }
}

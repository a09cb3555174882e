namespace Causeway.Ops;

/// <summary>Writes files that only their owner can read: settings with secrets, private keys.</summary>
public static class PrivateFile
{
    /// <summary>Replaces a file atomically.</summary>
    /// <exception cref="OpsException">The file or its folder can't be written.</exception>
    public static void Write(string path, string content)
    {
        try
        {
            if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);

            // A new file, since an existing one would keep its mode.
            var fresh = $"{path}.{Guid.NewGuid():N}";
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var writer = new StreamWriter(fresh, options)) writer.Write(content);
            File.Move(fresh, path, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new OpsException($"can't write {path} ({cause.Message}); own its folder, or pass another with --out", cause: cause);
        }
    }
}

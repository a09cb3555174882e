using Causeway.Signalling.Options;
using Causeway.Turn.Fleet;

namespace Causeway.Signalling.Ice;

/// <summary>Reads the secret that signs credentials.</summary>
internal static class IceSecrets
{
    /// <summary>Gets the current secret: the first in the settings, else the first line of the file; null without one.</summary>
    public static string? Current(IceOptions options) =>
        options.Secrets.Count > 0 ? options.Secrets[0]
        : options.SecretsFile is { } file ? SecretLines.Of(file).FirstOrDefault()
        : null;

    /// <summary>Gets what is wrong with a file of secrets, without its content; null for a valid file.</summary>
    public static string? FileFault(string file)
    {
        try
        {
            return SecretLines.Of(file).Any() ? null : $"{file} is empty; put one secret on each line, the current one first";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return $"{file} cannot be read: {unreadable.Message}";
        }
    }
}

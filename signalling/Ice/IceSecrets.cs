using Causeway.Signalling.Options;
using Causeway.Turn.Fleet;

namespace Causeway.Signalling.Ice;

/// <summary>Where the secret that signs credentials comes from.</summary>
internal static class IceSecrets
{
    /// <summary>The current secret: the first of the settings, else the first line of the file; null when there is none.</summary>
    public static string? Current(IceOptions options) =>
        options.Secrets.Count > 0 ? options.Secrets[0]
        : options.SecretsFile is { } file ? SecretLines.Of(file).FirstOrDefault()
        : null;

    /// <summary>What is wrong with a file of secrets; null when nothing is. Never says what stands in it.</summary>
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

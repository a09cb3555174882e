namespace Causeway.Blueprint.Settings;

/// <summary>The root secret, which isn't printed by accident.</summary>
public sealed class RootSecret(ReadOnlySpan<byte> bytes)
{
    public const int MinBytes = 32;

    private readonly byte[] _bytes = bytes.ToArray();
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Gets a substitute to look at a plan without decrypting the secret. Names that derive from it are wrong then.</summary>
    public static RootSecret Unread { get; } = new(new byte[MinBytes]);

    public override string ToString() => "[secret]";
}

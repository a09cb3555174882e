namespace Causeway.Blueprint.Settings;

/// <summary>The root secret, kept from being printed by accident.</summary>
public sealed class RootSecret
{
    /// <summary>The fewest bytes of a root secret.</summary>
    public const int MinBytes = 32;

    private readonly byte[] _bytes;

    /// <summary>A root secret of these bytes.</summary>
    public RootSecret(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Stands in where a plan is only looked at and the secret cannot be read: names that derive from it are then not the real ones.</summary>
    public static RootSecret Unread { get; } = new(new byte[MinBytes]);

    /// <summary>Says that it is a secret.</summary>
    public override string ToString() => "[secret]";
}

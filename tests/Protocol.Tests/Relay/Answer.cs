using System.Buffers.Binary;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay;

/// <summary>A parsed response.</summary>
internal sealed class Answer
{
    public Answer(byte[] bytes)
    {
        Bytes = bytes;
        Assert.True(StunMessage.TryRead(bytes, out var message));
        Assert.True(StunFingerprint.IsAbsentOrRight(message));
        (Class, Method, Transaction) = (message.Class, message.Method, message.TransactionId);
        foreach (var attribute in message) Attributes.Add((attribute.Type, attribute.Value.ToArray()));
        Error = message.TryGetError(out var code, out _) ? code : 0;
    }

    public byte[] Bytes { get; }

    public StunClass Class { get; }

    public StunMethod Method { get; }

    public TransactionId Transaction { get; }

    /// <summary>The error code; 0 for success.</summary>
    public StunErrorCode Error { get; }

    public List<(StunAttributeType Type, byte[] Value)> Attributes { get; } = [];

    public IEnumerable<StunAttributeType> Types => Attributes.Select(a => a.Type);

    public byte[] this[StunAttributeType type] => Attributes.First(a => a.Type == type).Value;

    public uint Number(StunAttributeType type) => BinaryPrimitives.ReadUInt32BigEndian(this[type]);

    public TransportAddress[] Addresses(StunAttributeType type) =>
    [
        .. Attributes
            .Where(a => a.Type == type)
            .Select(a => StunAddress.TryReadXor(a.Value, Transaction, out var address) ? address : default),
    ];

    public bool IsSignedWith(byte[] key, bool sha256 = false)
    {
        StunMessage.TryRead(Bytes, out var message);
        return (sha256 ? StunIntegrity.Sha256 : StunIntegrity.Sha1).Verify(message, key);
    }

    public void AssertSuccess() => Assert.Equal((StunClass.SuccessResponse, (StunErrorCode)0), (Class, Error));

    public void AssertError(StunErrorCode code) => Assert.Equal((StunClass.ErrorResponse, code), (Class, Error));
}

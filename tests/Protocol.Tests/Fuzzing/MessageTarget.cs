using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Fuzzing;

/// <summary>The readers of STUN messages and ChannelData: what they return lies within the input, and nothing is thrown.</summary>
internal sealed class MessageTarget : FuzzTarget
{
    private static readonly byte[] Key = new byte[16];
    private static readonly StunAttributeType[] Types = Enum.GetValues<StunAttributeType>();

    public override string Name => "message";

    public override IEnumerable<byte[]> Corpus => Vector.Names.Select(Vector.Read);

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (ChannelData.TryRead(input, out var data)) Assert.True(ChannelData.HeaderLength + data.Payload.Length <= input.Length);
        if (!StunMessage.TryRead(input, out var message)) return;

        Assert.True(StunMessage.TryReadHeader(input, out var messageClass, out var method));
        Assert.Equal((message.Class, message.Method), (messageClass, method));
        Assert.False(ChannelData.IsMatch(input));
        Assert.Equal(StreamFrame.Complete, StreamFraming.ReadFrame(input, out var length));
        Assert.Equal(input.Length, length);

        var (count, end) = (0, StunConstants.HeaderLength);
        foreach (var attribute in message)
        {
            count++;
            Assert.True(attribute.Offset >= end);
            end = attribute.Offset + StunConstants.AttributeHeaderLength + attribute.Value.Length;
            Assert.True(end <= input.Length);
            StunAddress.TryReadXor(attribute.Value, message.TransactionId, out _);
            Credentials.TryReadUsername(attribute.Value, out _, out _);
        }

        Assert.True(count <= message.MaxAttributes);
        foreach (var type in Types) message.TryGetUInt32(type, out _);
        message.TryGetError(out _, out _);
        Span<StunAttributeType> unknown = new StunAttributeType[message.MaxAttributes];
        Assert.Equal(message.HasUnknown(Types), message.FindUnknown(Types, unknown) > 0);
        StunFingerprint.IsAbsentOrRight(message);
        // The key is no one's: no captured message was signed with it.
        Assert.False(StunIntegrity.Of(message)?.Verify(message, Key) ?? false);
    }
}

using Causeway.Turn.Protocol.Stun;
using CsCheck;

namespace Causeway.Protocol.Tests.Stun;

public class ChannelDataTests
{
    [Fact]
    public void A_written_message_is_read_back_without_its_padding() =>
        Gen.Select(Gen.Int[0x4000, 0x7FFF], Gen.Byte.Array[0, 100], Gen.Byte.Array[0, 3]).Sample((channel, payload, padding) =>
        {
            var header = new byte[ChannelData.HeaderLength];
            ChannelData.WriteHeader(header, (ushort)channel, payload.Length);

            Assert.True(ChannelData.TryRead([.. header, .. payload, .. padding], out var message));
            Assert.Equal((ushort)channel, message.Channel);
            Assert.Equal(payload, message.Payload.ToArray());
        });

    [Theory]
    [InlineData("")]
    [InlineData("40")]
    [InlineData("400000")]
    [InlineData("40000001")]
    [InlineData("4000ffff00")]
    [InlineData("3fff0000")]
    [InlineData("80000000")]
    [InlineData("00010000")]
    public void A_short_message_or_an_invalid_channel_is_refused(string hex) =>
        Assert.False(ChannelData.TryRead(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData(0x3FFF, false)]
    [InlineData(0x4000, true)]
    [InlineData(0x4FFF, true)]
    [InlineData(0x5000, true)]
    [InlineData(0x7E44, true)]
    [InlineData(0x7FFF, true)]
    [InlineData(0x8000, false)]
    [InlineData(0xFFFF, false)]
    public void Channel_numbers_of_RFC_5766_are_accepted(int number, bool accepted) =>
        Assert.Equal(accepted, ChannelData.IsChannel((ushort)number));

    [Fact]
    public void The_first_two_bits_tell_channel_data_from_stun() => Gen.Byte.Array[1, 40].Sample(bytes =>
    {
        Assert.Equal(bytes[0] is >= 0x40 and <= 0x7F, ChannelData.IsMatch(bytes));
        Assert.False(ChannelData.IsMatch(bytes) && StunMessage.TryRead(bytes, out _));
    });

    [Fact]
    public void Nothing_looks_like_nothing() => Assert.False(ChannelData.IsMatch([]));
}

using System.Security.Cryptography;
using System.Text;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Stun;

public class Rfc8489AppendixBTests
{
    private const string File = "rfc8489-b.1-long-term-sha256.hex";
    private const string Nonce = "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA";

    private static readonly byte[] Key = Rfc5769Tests.LongTermKeyOf(PasswordAlgorithm.Sha256);

    // Causeway has no list of users to look a hash up in, so the test computes it.
    private static readonly byte[] Userhash = SHA256.HashData(Encoding.UTF8.GetBytes("マトリックス:example.org"));

    [Fact]
    public void The_request_by_sha256_is_read()
    {
        Assert.True(StunMessage.TryRead(Vector.Read(File), out var message));

        Assert.True(message.TryGet(StunAttributeType.Userhash, out var userhash));
        Assert.Equal(Userhash, userhash.ToArray());
        Assert.Equal(Nonce, Rfc5769Tests.Text(message, StunAttributeType.Nonce));
        Assert.True(message.TryGet(StunAttributeType.PasswordAlgorithm, out var value));
        Assert.True(PasswordAlgorithm.TryRead(value, out var algorithm));
        Assert.Equal(PasswordAlgorithm.Sha256, algorithm);
        Assert.True(StunIntegrity.Sha256.Verify(message, Key));
    }

    [Fact]
    public void The_request_by_sha256_is_written()
    {
        var buffer = new byte[164];

        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, new(0x78ad3433c6ad72c0, 0x29da412e));
        writer.Add(StunAttributeType.Userhash, Userhash);
        writer.Add(StunAttributeType.Nonce, Nonce);
        writer.Add(StunAttributeType.Realm, "example.org");
        writer.Add(StunAttributeType.PasswordAlgorithm, PasswordAlgorithm.Sha256.Value);
        writer.AddIntegrity(StunIntegrity.Sha256, Key);

        Assert.True(writer.TryFinish(out var length));
        Assert.Equal(Vector.Read(File), buffer[..length]);
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(20, true)]
    [InlineData(28, true)]
    [InlineData(32, true)]
    [InlineData(12, false)]
    [InlineData(18, false)]
    [InlineData(36, false)]
    public void A_truncated_hmac_is_accepted_from_16_bytes_in_steps_of_four(int length, bool accepted)
    {
        // The header's length includes the truncated attribute, so each truncation has a different HMAC.
        var covered = Vector.Read(File)[..^36];
        var padded = StunConstants.Padded(length);
        covered[3] = (byte)(covered.Length + 4 + padded - StunConstants.HeaderLength);
        var mac = new byte[padded];
        HMACSHA256.HashData(Key, covered).AsSpan(0, Math.Min(length, 32)).CopyTo(mac);

        Assert.True(StunMessage.TryRead([.. covered, 0x00, 0x1c, 0x00, (byte)length, .. mac], out var message));
        Assert.Equal(accepted, StunIntegrity.Sha256.Verify(message, Key));
    }

    [Theory]
    [InlineData("00020000", true)]
    [InlineData("00010000", true)]
    [InlineData("00000000", false)]
    [InlineData("00030000", false)]
    [InlineData("00020004", false)]
    [InlineData("0002000000000000", false)]
    [InlineData("0002", false)]
    [InlineData("", false)]
    public void A_password_algorithm_is_one_of_two_without_parameters(string hex, bool read) =>
        Assert.Equal(read, PasswordAlgorithm.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void The_offer_of_password_algorithms_names_sha256_before_md5() =>
        Assert.Equal("0002000000010000", Convert.ToHexString(PasswordAlgorithm.Offer));
}

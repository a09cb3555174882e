using System.Text;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Authentication;
using CsCheck;

namespace Causeway.Protocol.Tests.Relay.Authentication;

public class NonceTests
{
    private const int Lifetime = 3600;
    private static readonly byte[] Key = [.. Enumerable.Range(0, Nonce.KeyLength).Select(i => (byte)i)];
    private static readonly ClientHandle Client = new(ClientTransport.Udp, 1, TransportAddress.Parse("192.0.2.1:5000"));
    private static readonly Instant Now = new(1_000_000, 1_700_000_000);

    [Fact]
    public void A_nonce_begins_with_the_cookie_and_says_that_password_algorithms_are_spoken_and_user_hashes_are_not()
    {
        var nonce = Encoding.ASCII.GetString(Make(Client, Now));

        Assert.StartsWith("obMatJos2", nonce, StringComparison.Ordinal);
        var features = Convert.FromBase64String(nonce.Substring(9, 4));
        Assert.Equal([0x00, 0x00, 0b01], features);
    }

    // printf '%s' 01011388000000000000000000000000c000020100000000000f4240 (transport, family, port, address, time)
    // | xxd -r -p | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f, first 16 bytes, base64 with the time before it.
    [Fact]
    public void A_nonce_has_the_documented_bytes()
    {
        Assert.Equal("obMatJos2AAABAAAAAAAPQkD2pIJNiOh/F1lfYCB6GU2Z", Encoding.ASCII.GetString(Make(Client, Now)));
    }

    [Fact]
    public void A_nonce_is_safe_in_a_quoted_string() => Gen.Long.Sample(time =>
        Assert.DoesNotContain(Make(Client, new(time, 0)), b => b is < 0x21 or > 0x7E or (byte)'"' or (byte)'\\'));

    [Theory]
    [InlineData(0, NonceVerdict.Valid)]
    [InlineData(Lifetime * 1000, NonceVerdict.Valid)]
    [InlineData(Lifetime * 1000 + 1, NonceVerdict.Stale)]
    [InlineData(-50, NonceVerdict.Valid)]
    public void A_nonce_is_fresh_for_its_lifetime_also_to_a_shard_whose_clock_is_read_a_little_earlier(int age, NonceVerdict verdict) =>
        Assert.Equal(verdict, Check(Make(Client, Now), Client, Now with { Milliseconds = Now.Milliseconds + age }));

    [Fact]
    public void A_nonce_serves_its_client_alone()
    {
        var nonce = Make(Client, Now);

        Assert.Equal(NonceVerdict.Forged, Check(nonce, Client with { Transport = ClientTransport.Tcp }, Now));
        Assert.Equal(NonceVerdict.Forged, Check(nonce, Client with { Address = TransportAddress.Parse("192.0.2.1:5001") }, Now));
        Assert.Equal(NonceVerdict.Forged, Check(nonce, Client with { Address = TransportAddress.Parse("192.0.2.2:5000") }, Now));
        Assert.Equal(NonceVerdict.Forged, Check(nonce, Client with { Address = TransportAddress.Parse("[::192.0.2.1]:5000") }, Now));
        Assert.Equal(NonceVerdict.Valid, Check(nonce, Client with { Endpoint = 2 }, Now));
    }

    [Fact]
    public void Another_relays_nonce_is_forged()
    {
        var other = new byte[Nonce.Length];
        Nonce.Write(new byte[Nonce.KeyLength], Client, Now, other);
        Assert.Equal(NonceVerdict.Forged, Check(other, Client, Now));
    }

    [Fact]
    public void An_expired_forgery_is_forged_and_not_stale()
    {
        var nonce = Make(Client, Now);
        nonce[^1] ^= 1;
        Assert.Equal(NonceVerdict.Forged, Check(nonce, Client, Now with { Milliseconds = Now.Milliseconds + 2 * Lifetime * 1000 }));
    }

    [Fact]
    public void A_nonce_with_any_bit_changed_is_forged()
    {
        var nonce = Make(Client, Now);
        for (var bit = 0; bit < nonce.Length * 8; bit++)
        {
            nonce[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(NonceVerdict.Forged, Check(nonce, Client, Now));
            nonce[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_nonce_of_any_other_length_is_forged()
    {
        var nonce = Make(Client, Now);
        for (var length = 0; length < nonce.Length; length++)
            Assert.Equal(NonceVerdict.Forged, Check(nonce.AsSpan(0, length), Client, Now));
        Assert.Equal(NonceVerdict.Forged, Check([.. nonce, (byte)'A'], Client, Now));
    }

    [Fact]
    public void Any_bytes_behind_the_cookie_are_forged() => Gen.Byte.Array[32].Sample(bytes =>
        Assert.Equal(NonceVerdict.Forged, Check([.. "obMatJos2AAAB"u8, .. bytes], Client, Now)));

    [Fact]
    public void Writing_and_checking_allocate_nothing()
    {
        var nonce = Make(Client, Now);
        Check(nonce, Client, Now);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Nonce.Write(Key, Client, Now, nonce);
        Check(nonce, Client, Now);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static byte[] Make(in ClientHandle client, Instant now)
    {
        var nonce = new byte[Nonce.Length];
        Nonce.Write(Key, client, now, nonce);
        return nonce;
    }

    private static NonceVerdict Check(ReadOnlySpan<byte> nonce, in ClientHandle client, Instant now) =>
        Nonce.Check(Key, nonce, client, now, Lifetime);
}

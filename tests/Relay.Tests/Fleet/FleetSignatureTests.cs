using System.Text;
using Causeway.Turn.Fleet;

namespace Causeway.Relay.Tests.Fleet;

public class FleetSignatureTests
{
    private const string Key = "the key of now, forty-three characters long";
    private const string Earlier = "the key before, forty-three characters long";
    private const string VectorOfOpenSsl = "HkbjHUZYI0sMo6lufO3U6gaOXII79nPZq534NM81AQw";
    private static readonly byte[] Body = "{\"relay\":\"one\"}"u8.ToArray();

    [Fact]
    public void The_signature_is_HMAC_SHA_256_of_path_and_body()
    {
        // printf 'causeway fleet 1 request\n/relays/heartbeat\n{"relay":"one"}' | openssl dgst -sha256 -hmac KEY -binary | basenc
        // --base64url
        Assert.Equal(VectorOfOpenSsl, FleetSignature.Sign(Key, Heartbeat.Path, Body));
    }

    [Fact]
    public void Each_of_the_keys_is_taken_and_the_one_that_signed_is_told()
    {
        Assert.Equal(Key, FleetSignature.KeyOf([Key, Earlier], Heartbeat.Path, Body, FleetSignature.Sign(Key, Heartbeat.Path, Body)));
        Assert.Equal(
            Earlier, FleetSignature.KeyOf([Key, Earlier], Heartbeat.Path, Body, FleetSignature.Sign(Earlier, Heartbeat.Path, Body)));
        Assert.Null(FleetSignature.KeyOf([Key], Heartbeat.Path, Body, FleetSignature.Sign(Earlier, Heartbeat.Path, Body)));
        Assert.Null(FleetSignature.KeyOf([], Heartbeat.Path, Body, FleetSignature.Sign(Key, Heartbeat.Path, Body)));
    }

    [Fact]
    public void A_flipped_bit_anywhere_breaks_it()
    {
        var signature = FleetSignature.Sign(Key, Heartbeat.Path, Body);
        for (var bit = 0; bit < Body.Length * 8; bit++)
            Assert.Null(FleetSignature.KeyOf([Key], Heartbeat.Path, Flipped(Body, bit), signature));
        var text = Encoding.ASCII.GetBytes(signature);
        for (var bit = 0; bit < text.Length * 8; bit++)
            Assert.Null(FleetSignature.KeyOf([Key], Heartbeat.Path, Body, Encoding.Latin1.GetString(Flipped(text, bit))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ")]
    public void What_is_no_signature_is_none(string? signature) =>
        Assert.Null(FleetSignature.KeyOf([Key], Heartbeat.Path, Body, signature));

    [Fact]
    public void A_message_for_one_path_is_none_for_another() =>
        Assert.Null(FleetSignature.KeyOf([Key], Admission.Path, Body, FleetSignature.Sign(Key, Heartbeat.Path, Body)));

    [Fact]
    public void An_answer_belongs_to_its_request_alone()
    {
        var (first, second) = (FleetSignature.Sign(Key, Heartbeat.Path, Body), FleetSignature.Sign(Key, Heartbeat.Path, "{}"u8));
        var answer = FleetSignature.SignAnswer(Key, Heartbeat.Path, first, "{}"u8);

        Assert.True(FleetSignature.IsAnswer(Key, Heartbeat.Path, first, "{}"u8, answer));
        Assert.False(FleetSignature.IsAnswer(Key, Heartbeat.Path, second, "{}"u8, answer));
        Assert.False(FleetSignature.IsAnswer(Earlier, Heartbeat.Path, first, "{}"u8, answer));
        // A request isn't an answer, nor the other way round.
        Assert.False(FleetSignature.IsAnswer(Key, Heartbeat.Path, second, "{}"u8, second));
        Assert.Null(FleetSignature.KeyOf([Key], Heartbeat.Path, "{}"u8, answer));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(60, true)]
    [InlineData(-60, true)]
    [InlineData(61, false)]
    [InlineData(-61, false)]
    public void A_clock_may_be_off_by_a_minute(int seconds, bool taken) =>
        Assert.Equal(taken, FleetSignature.ClockFault(1_800_000_000, 1_800_000_000 + seconds) is null);

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Any_number_is_a_time_that_can_be_refused(long time) =>
        Assert.Contains("set both hosts' clocks", FleetSignature.ClockFault(1_800_000_000, time), StringComparison.Ordinal);

    private static byte[] Flipped(byte[] bytes, int bit)
    {
        var flipped = bytes.ToArray();
        flipped[bit / 8] ^= (byte)(1 << bit % 8);
        return flipped;
    }
}

using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay.Peers;
using CsCheck;

namespace Causeway.Protocol.Tests.Relay.Peers;

public class PeerPolicyTests
{
    private static readonly PeerPolicy Default = new([], [], []);

    // Any address, often one at the edge of a block.
    private static readonly string[] Notable =
    [
        "0.0.0.0", "9.255.255.255", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.168.1.1", "224.0.0.1",
        "255.255.255.255", "8.8.8.8",
    ];

    private static readonly Gen<uint> Ipv4 = Gen.OneOf(
        Gen.UInt, Gen.Int[0, Notable.Length - 1].Select(i => (uint)IpAddress.Parse(Notable[i]).Bits));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.0")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.0")]
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("169.254.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.0")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.2.255")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.0.0")]
    [InlineData("192.168.255.255")]
    [InlineData("198.18.0.0")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("64:ff9b:1:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("100::1")]
    [InlineData("100:0:0:1::1")]
    [InlineData("200::1")]
    [InlineData("2001:2::1")]
    [InlineData("2001:10::1")]
    [InlineData("2001:1ff:ffff::1")]
    [InlineData("2001:db8::1")]
    [InlineData("3fff::1")]
    [InlineData("3fff:fff::1")]
    [InlineData("4000::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("febf::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void An_address_that_is_not_public_is_denied(string address) =>
        Assert.Equal(PeerVerdict.DeniedAddress, Default.Judge(IpAddress.Parse(address)));

    [Theory]
    [InlineData("1.0.0.0")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.0")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.0.3.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2000::")]
    [InlineData("2001:200::1")]
    [InlineData("2001:db7:ffff::1")]
    [InlineData("2001:db9::1")]
    [InlineData("2606:4700::1111")]
    [InlineData("3ffe:ffff::1")]
    [InlineData("3fff:1000::1")]
    public void The_addresses_next_to_a_denied_block_are_allowed(string address) =>
        Assert.Equal(PeerVerdict.Allowed, Default.Judge(IpAddress.Parse(address)));

    [Theory]
    [InlineData("::ffff:169.254.169.254")]             // IPv4-mapped
    [InlineData("::169.254.169.254")]                  // IPv4-compatible
    [InlineData("::ffff:0:169.254.169.254")]           // IPv4-translated
    [InlineData("64:ff9b::169.254.169.254")]           // NAT64
    [InlineData("64:ff9b:1::169.254.169.254")]         // NAT64, local use
    [InlineData("2002:a9fe:a9fe::1")]                  // 6to4
    [InlineData("2001:0:a9fe:a9fe:0:fbff:f7f7:f7f7")]  // Teredo, as its server; the client is 8.8.8.8
    [InlineData("2001:0:808:808:0:fbff:5601:5601")]    // Teredo, as its client; the server is 8.8.8.8
    public void The_metadata_address_is_denied_in_every_embedding(string address) =>
        Assert.Equal(PeerVerdict.DeniedAddress, Default.Judge(IpAddress.Parse(address)));

    [Fact]
    public void An_embedded_address_is_judged_as_its_ipv4_one() => Ipv4.Sample(v4 =>
    {
        var verdict = Default.Judge(new IpAddress(IpFamily.IPv4, v4));
        foreach (var embedding in Embeddings(v4)) Assert.Equal(verdict, Default.Judge(embedding));
    });

    [Fact]
    public void A_teredo_address_is_allowed_only_when_server_and_client_are() =>
        Gen.Select(Ipv4, Ipv4, Gen.UShort).Sample((server, client, port) =>
    {
        var both = new[] { server, client }.All(ip => Default.Judge(new IpAddress(IpFamily.IPv4, ip)) == PeerVerdict.Allowed);
        Assert.Equal(both, Default.Judge(Teredo(server, client, port)) == PeerVerdict.Allowed);
    });

    [Fact]
    public void An_allowed_prefix_opens_its_embedded_spellings_too()
    {
        var policy = new PeerPolicy([IpPrefix.Parse("10.0.0.0/8")], [], []);
        Ipv4.Sample(v4 =>
        {
            var verdict = policy.Judge(new IpAddress(IpFamily.IPv4, v4));
            if (v4 >> 24 == 10) Assert.Equal(PeerVerdict.Allowed, verdict);
            foreach (var embedding in Embeddings(v4)) Assert.Equal(verdict, policy.Judge(embedding));
        });
    }

    [Fact]
    public void A_denied_prefix_closes_its_embedded_spellings_too()
    {
        var policy = new PeerPolicy(
            [IpPrefix.Parse("::/0"), IpPrefix.Parse("0.0.0.0/0"), IpPrefix.Parse("64:ff9b:1::/48")],
            [IpPrefix.Parse("185.199.200.0/24")],
            []);
        Gen.Byte.Sample(last =>
        {
            var v4 = 0xB9C7_C800u | last;
            Assert.Equal(PeerVerdict.DeniedBySettings, policy.Judge(new IpAddress(IpFamily.IPv4, v4)));
            foreach (var embedding in Embeddings(v4).Concat(LocalNat64(v4)))
                Assert.Equal(PeerVerdict.DeniedBySettings, policy.Judge(embedding));
        });
    }

    [Fact]
    public void An_allowed_prefix_wins_over_the_table_for_every_row()
    {
        foreach (var row in SpecialPurposeAddresses.Rows)
        {
            var policy = new PeerPolicy([row.Prefix], [], []);
            var last = Last(row.Prefix);  // the first one may be an embedding: 2001:: is Teredo's
            Assert.Equal(PeerVerdict.DeniedAddress, Default.Judge(last));
            Assert.Equal(PeerVerdict.Allowed, policy.Judge(last));
        }
    }

    [Fact]
    public void Every_row_of_the_table_names_its_source()
    {
        Assert.All(SpecialPurposeAddresses.Rows, row => Assert.StartsWith("RFC ", row.Source, StringComparison.Ordinal));
        Assert.Equal(SpecialPurposeAddresses.Rows.Count, SpecialPurposeAddresses.Rows.Select(row => row.Prefix).Distinct().Count());
    }

    [Theory]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("2002:7f00:1::1")]
    public void A_wide_allowed_prefix_does_not_cover_embedded_addresses(string address)
    {
        var policy = new PeerPolicy([IpPrefix.Parse("::/0")], [], []);

        Assert.Equal(PeerVerdict.Allowed, policy.Judge(IpAddress.Parse("fd00::1")));
        Assert.Equal(PeerVerdict.DeniedAddress, policy.Judge(IpAddress.Parse(address)));
    }

    [Fact]
    public void An_allowed_prefix_inside_an_embedding_opens_it()
    {
        var policy = new PeerPolicy([IpPrefix.Parse("64:ff9b::10.0.0.0/104")], [], []);

        Assert.Equal(PeerVerdict.Allowed, policy.Judge(IpAddress.Parse("64:ff9b::10.1.2.3")));
        Assert.Equal(PeerVerdict.DeniedAddress, policy.Judge(IpAddress.Parse("64:ff9b::192.168.0.1")));
        Assert.Equal(PeerVerdict.DeniedAddress, policy.Judge(IpAddress.Parse("10.1.2.3")));
    }

    [Fact]
    public void A_denied_prefix_wins_over_an_allowed_one()
    {
        var policy = new PeerPolicy([IpPrefix.Parse("10.0.0.0/8")], [IpPrefix.Parse("10.1.0.0/16"), IpPrefix.Parse("2606:4700::/32")], []);

        Assert.Equal(PeerVerdict.Allowed, policy.Judge(IpAddress.Parse("10.2.0.1")));
        Assert.Equal(PeerVerdict.DeniedBySettings, policy.Judge(IpAddress.Parse("10.1.0.1")));
        Assert.Equal(PeerVerdict.DeniedBySettings, policy.Judge(IpAddress.Parse("2606:4700::1111")));
    }

    [Theory]
    [InlineData("127.0.0.1:3478", PeerVerdict.DeniedOwnListener)]
    [InlineData("[::ffff:127.0.0.1]:3478", PeerVerdict.DeniedOwnListener)]
    [InlineData("[64:ff9b::127.0.0.1]:3478", PeerVerdict.DeniedOwnListener)]
    [InlineData("[::1]:3478", PeerVerdict.DeniedOwnListener)]
    [InlineData("127.0.0.1:3479", PeerVerdict.Allowed)]
    [InlineData("127.0.0.2:3478", PeerVerdict.Allowed)]
    [InlineData("8.8.8.8:443", PeerVerdict.DeniedOwnListener)]
    [InlineData("[2606:4700::1111]:443", PeerVerdict.Allowed)]
    public void The_relays_own_listeners_are_denied_even_where_their_address_is_allowed(string peer, PeerVerdict verdict)
    {
        var policy = new PeerPolicy(
            [IpPrefix.Parse("127.0.0.0/8"), IpPrefix.Parse("::1/128")],
            [],
            [TransportAddress.Parse("127.0.0.1:3478"), TransportAddress.Parse("[::1]:3478"), TransportAddress.Parse("0.0.0.0:443")]);

        Assert.Equal(verdict, policy.Judge(TransportAddress.Parse(peer)));
    }

    [Fact]
    public void An_address_without_a_family_is_denied() => Assert.Equal(PeerVerdict.DeniedAddress, Default.Judge(default(IpAddress)));

    [Fact]
    public void Judging_allocates_nothing()
    {
        var policy = new PeerPolicy(
            [IpPrefix.Parse("10.0.0.0/8")], [IpPrefix.Parse("10.1.0.0/16")], [TransportAddress.Parse("192.0.2.1:3478")]);
        string[] texts = ["8.8.8.8:1", "192.0.2.1:3478", "[2001:0:808:808::1]:5", "[64:ff9b:1::1]:5"];
        var peers = texts.Select(TransportAddress.Parse).ToArray();
        foreach (var peer in peers) policy.Judge(peer);

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var peer in peers) policy.Judge(peer);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Only_an_allowed_prefix_allows_by_name()
    {
        var policy = new PeerPolicy(
            [IpPrefix.Parse("127.0.0.0/8")], [IpPrefix.Parse("127.0.0.9")], [TransportAddress.Parse("127.0.0.1:3478")]);
        Assert.True(policy.AllowsOnHost(TransportAddress.Parse("127.0.0.1:5000")));
        Assert.False(policy.AllowsOnHost(TransportAddress.Parse("127.0.0.1:3478")));
        Assert.False(policy.AllowsOnHost(TransportAddress.Parse("127.0.0.9:5000")));
        Assert.False(policy.AllowsOnHost(TransportAddress.Parse("[::ffff:127.0.0.1]:5000")));
        Assert.False(policy.AllowsOnHost(TransportAddress.Parse("8.8.8.8:5000")));
    }

    private static IpAddress Last(IpPrefix prefix)
    {
        var hostBits = prefix.Network.Length * 8 - prefix.Length;
        return prefix.Network with { Bits = prefix.Network.Bits | ((UInt128.One << hostBits) - 1) };
    }

    private static IEnumerable<IpAddress> Embeddings(uint v4)
    {
        if (v4 > 1) yield return Ipv6("::", v4);  // ::0.0.0.0 and ::0.0.0.1 are the unspecified and the loopback address
        yield return Ipv6("::ffff:0:0", v4);
        yield return Ipv6("::ffff:0:0:0", v4);
        yield return Ipv6("64:ff9b::", v4);
        yield return Ipv6("2002::", (UInt128)v4 << 80);
        yield return Teredo(v4, v4, 4000);
    }

    // The positions of RFC 6052 §2.2 for translators' prefixes of 48, 56, 64 and 96 bits; bits 64 to 71 are zero.
    private static IEnumerable<IpAddress> LocalNat64(uint v4)
    {
        yield return Ipv6("64:ff9b:1::", ((UInt128)(v4 >> 16) << 64) | ((UInt128)(v4 & 0xFFFF) << 40));
        yield return Ipv6("64:ff9b:1::", ((UInt128)(v4 >> 24) << 64) | ((UInt128)(v4 & 0xFF_FFFF) << 32));
        yield return Ipv6("64:ff9b:1::", (UInt128)v4 << 24);
        yield return Ipv6("64:ff9b:1::", v4);
    }

    private static IpAddress Teredo(uint server, uint client, ushort port) =>
        Ipv6("2001::", ((UInt128)server << 64) | ((UInt128)(ushort)~port << 32) | ~client);

    private static IpAddress Ipv6(string prefix, UInt128 rest) => new(IpFamily.IPv6, IpAddress.Parse(prefix).Bits | rest);

    [Theory]
    [InlineData("10.0.0.5/32", true)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData("0.0.0.0/0", false)]
    public void A_wide_prefix_does_not_speak_for_the_relays_own_host(string allowed, bool speaks)
    {
        var peer = TransportAddress.Parse("10.0.0.5:5432");

        Assert.Equal(speaks, new PeerPolicy([IpPrefix.Parse(allowed)], [], []).AllowsOnHost(peer));
        Assert.Equal(speaks, new PeerPolicy([IpPrefix.Parse(allowed)], [], []).AllowsOnHost(peer.Ip));
        Assert.True(new PeerPolicy([IpPrefix.Parse(allowed)], [], [], allowHost: true).AllowsOnHost(peer));
        Assert.False(new PeerPolicy([IpPrefix.Parse(allowed)], [IpPrefix.Parse("10.0.0.5")], [], allowHost: true).AllowsOnHost(peer));
        Assert.False(
            new PeerPolicy([IpPrefix.Parse(allowed)], [], [TransportAddress.Parse("0.0.0.0:5432")], allowHost: true).AllowsOnHost(peer));
    }
}

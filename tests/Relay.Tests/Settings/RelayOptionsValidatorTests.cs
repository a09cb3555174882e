using Causeway.Relay.Settings;
using Causeway.Turn.Options;

namespace Causeway.Relay.Tests.Settings;

public class RelayOptionsValidatorTests
{
    [Fact]
    public void Settings_of_a_plain_relay_have_no_mistakes() => Assert.Empty(RelayOptionsValidator.Validate(TestRelay.Options()));

    [Fact]
    public void Every_mistake_is_reported_at_once()
    {
        var mistakes = RelayOptionsValidator.Validate(new()
        {
            Realm = "",
            Listeners =
            [
                new() { Transport = "sctp", Address = "example.org", Port = 70_000 },
                new() { Address = "127.0.0.1", Port = 50_000 },
                new() { Address = "127.0.0.1", Port = 50_000 },
            ],
            Addresses = [new() { Address = "0.0.0.0" }, new() { Address = "::1", Public = "192.0.2.1" }, new() { Address = "::2" }, new()],
            Ports = "49152-65535",
            Secrets = ["short"],
            AllowPeers = ["10.0.0.1/8"],
            DenyPeers = ["everybody"],
            Quotas = new() { Allocations = 0, ChannelsPerAllocation = -1, ChallengesPerAddress = 0 },
            Lifetimes = new()
            {
                Allocation = TimeSpan.FromSeconds(59),
                MaxAllocation = TimeSpan.FromSeconds(25 * 3600),
                Nonce = TimeSpan.FromHours(2),
                Reservation = TimeSpan.FromMilliseconds(45_500),
            },
            Buffers = new() { ListenerBytes = 100, RelayBytes = int.MaxValue },
            Streams = new()
            {
                AllocationTimeout = TimeSpan.Zero,
                MaxQueueDelay = TimeSpan.Zero,
                TotalSendBufferBytes = 1000,
                SocketSendBufferBytes = 100,
                SocketUnsentBytes = 0,
            },
            CredentialGrace = TimeSpan.FromSeconds(-1),
            DrainDeadline = TimeSpan.FromSeconds(-2),
            Engine = "quick",
            Shards = 1000,
            Admin = "9478",
        });

        Assert.Equal(
            [
                "relay.realm: has 0 characters; write 1 to 127",
                "relay.ports: 49152-65535 contains the listener's port 50000; use a range without it",
                "relay.listeners[0].transport: sctp is not a transport; write udp, tcp, tls or tcp+tls",
                "relay.listeners[0].port: 70000 is not a port; write 1 to 65535, or 0 to let the system choose",
                "relay.listeners[0].address: example.org is not an IP address; "
                + "write one of this host, or 0.0.0.0 or :: for all",
                "relay.listeners[2]: udp 127.0.0.1:50000 is listed twice; remove one",
                "relay.addresses[0].address: 0.0.0.0 is not a specific address; write one of this host",
                "relay.addresses[1].public: 192.0.2.1 for ::1; only IPv4 addresses are mapped, remove it",
                "relay.addresses[2].address: ::2 is the second IPv6 address; one of each family is used, remove the others",
                "relay.addresses[3].address: '' is not an IP address; write one of this host, as 192.0.2.1",
                "relay.secrets[0]: has 5 characters; write at least 16, `openssl rand -base64 32` generates one",
                "relay.allowPeers[0]: 10.0.0.1/8 is not a prefix; write 192.0.2.0/24 or 2001:db8::/32, without host bits",
                "relay.denyPeers[0]: everybody is not a prefix; write 192.0.2.0/24 or 2001:db8::/32, without host bits",
                "relay.engine: 'quick' is not an engine of this machine; write auto or portable",
                "relay.quotas.allocations: 0 is too small; write 1 or more",
                "relay.quotas.channelsPerAllocation: -1 is too small; write 1 or more",
                "relay.quotas.challengesPerAddress: 0 is too small; write 1 or more",
                "relay.lifetimes.allocation: 00:00:59 is out of range; write 00:01:00 to 1.00:00:00",
                "relay.lifetimes.maxAllocation: 1.01:00:00 is out of range; write 00:01:00 to 1.00:00:00",
                "relay.lifetimes.nonce: 02:00:00 is out of range; write 00:01:00 to 01:00:00",
                "relay.lifetimes.reservation: 00:00:45.5000000 has parts of a second; write whole seconds",
                "relay.buffers.listenerBytes: 100 is out of range; write 4096 to 268435456 bytes",
                "relay.buffers.relayBytes: 2147483647 is out of range; write 4096 to 268435456 bytes",
                "relay.streams.allocationTimeout: 00:00:00 is too short; write more than 00:00:00",
                "relay.streams.maxQueueDelay: 00:00:00 is too short; write more than 00:00:00",
                "relay.streams.socketUnsentBytes: 0 is too small; write 1 or more",
                "relay.streams.totalSendBufferBytes: 1000 is enough for a few clients only; write 1048576 or more",
                "relay.streams.socketSendBufferBytes: 100 is too slow for clients; write 16384 or more, or 0 for the system's default",
                "relay.credentialGrace: -00:00:01 is negative; write 00:00:00 or more",
                "relay.drainDeadline: -00:00:02 is negative; write 00:00:00 or more",
                "relay.shards: 1000 is out of range; write 1 to 256, or 0 for one per processor",
                "relay.admin: 9478 is not an address with a port; write one, as 127.0.0.1:9478",
            ],
            mistakes);
    }

    [Theory]
    [InlineData("127.0.0.1:9478", null, "")]
    [InlineData("[::1]:9478", null, "")]
    [InlineData("0.0.0.0:9478", "a-token-of-thirty-two-characters", "")]
    [InlineData(
        "0.0.0.0:9478", null,
        "relay.adminTokenFile: is missing, but relay.admin (0.0.0.0:9478) is not on loopback, where others could end sessions; name a file "
        + "with a token (`openssl rand -base64 32` generates one), or write a loopback address, as 127.0.0.1:9478")]
    [InlineData("127.0.0.1:9478", "", "FILE is empty; write one token per line, `openssl rand -base64 32` generates one")]
    [InlineData("127.0.0.1:9478", "a-token-of-thirty-one-character", "FILE, line 1: has 31 characters; write at least 32,")]
    [InlineData("127.0.0.1:9478", "a token of thirty-two characters", "FILE, line 1: has characters that a header can't carry;")]
    [InlineData(null, "short", "FILE, line 1: has 5 characters; write at least 32,")]
    public void An_admin_interface_on_the_network_needs_a_token(string? admin, string? tokens, string mistake)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, tokens);
            var mistakes = RelayOptionsValidator.Validate(new()
            {
                Listeners = [new()],
                Secrets = [TestRelay.Secret],
                Admin = admin,
                AdminTokenFile = tokens is null ? null : file,
            });
            var expected = mistake.Replace("FILE", file, StringComparison.Ordinal);
            if (expected.Length == 0) Assert.Empty(mistakes);
            else Assert.Contains(expected, Assert.Single(mistakes), StringComparison.Ordinal);
            if (tokens is { Length: > 0 }) Assert.DoesNotContain(mistakes, line => line.Contains(tokens, StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void An_admin_token_file_has_at_most_16_lines_and_must_exist()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, Enumerable.Range(10, 17).Select(number => new string('x', 32) + number));
            Assert.Equal(
                [$"relay.adminTokenFile: {file} has more than 16 lines; write fewer"],
                RelayOptionsValidator.Validate(new() { Listeners = [new()], Secrets = [TestRelay.Secret], AdminTokenFile = file }));
        }
        finally
        {
            File.Delete(file);
        }

        var mistakes = RelayOptionsValidator.Validate(new() { Listeners = [new()], Secrets = [TestRelay.Secret], AdminTokenFile = file });
        Assert.StartsWith($"relay.adminTokenFile: {file} cannot be read", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("portable")]
    public void An_engine_is_chosen_by_its_name(string name)
    {
        var mistakes = new List<string>();
        var configuration = RelayOptionsValidator.Parse(
            new() { Listeners = [new()], Secrets = [TestRelay.Secret], Engine = name }, mistakes);
        Assert.Empty(mistakes);
        Assert.Equal("portable", configuration.Engine.Name);
    }

    [Fact]
    public void Proxies_are_prefixes_of_stream_listeners_and_not_everyone() => Assert.Equal(
        [
            "relay.listeners[0].proxies[1]: 10.0.0.1/8 is not a prefix; write 192.0.2.0/24 or 2001:db8::/32, without host bits",
            "relay.listeners[0].proxies: is set for udp, where the PROXY protocol isn't read; remove it, or use tcp, tls or tcp+tls",
            "relay.listeners[1].proxies: ::/0 trusts everyone to name a client's address; write the addresses of your proxies",
        ],
        RelayOptionsValidator.Validate(new()
        {
            Listeners =
            [
                new() { Proxies = ["10.0.0.0/8", "10.0.0.1/8"] },
                new() { Transport = "tcp", Proxies = ["10.1.2.3", "::/0"] },
            ],
            Secrets = [TestRelay.Secret],
        }));

    [Fact]
    public void TLS_and_plain_TCP_share_a_port_by_one_listener_only() => Assert.Equal(
        [
            "relay.listeners[2]: tls 0.0.0.0:443 has the port of relay.listeners[0], tcp; "
            + "use another port, or one listener of tcp+tls for both",
            "relay.listeners[4]: tcp+tls [::]:443 is listed twice; remove one",
            "relay.certificateFile: is missing; a tls listener needs a PEM file with its certificate chain",
            "relay.certificateKeyFile: is missing; a tls listener needs a PEM file with its certificate's key",
        ],
        RelayOptionsValidator.Validate(new()
        {
            Listeners =
            [
                new() { Transport = "tcp", Port = 443 },
                new() { Transport = "udp", Port = 443 },
                new() { Transport = "tls", Port = 443 },
                new() { Transport = "tcp+tls", Address = "::", Port = 443 },
                new() { Transport = "TCP+TLS", Address = "::", Port = 443 },
                new() { Transport = "tcp+tls", Port = 0 },
                new() { Transport = "tcp", Port = 0 },
            ],
            Secrets = [TestRelay.Secret],
        }));

    [Fact]
    public void The_longest_lifetime_is_not_below_the_default() => Assert.Equal(
        [
            "relay.lifetimes.maxAllocation: 00:05:00 is less than relay.lifetimes.allocation, 00:10:00; write at least as much",
        ],
        RelayOptionsValidator.Validate(TestRelay.Options(lifetimes: new() { MaxAllocation = TimeSpan.FromMinutes(5) })));

    [Theory]
    [InlineData("49152-49151", "relay.ports: 49152-49151 is empty; the last port must not be below the first")]
    [InlineData("49152", "relay.ports: '49152' is not a range of ports; write first and last, as 49152-65535")]
    [InlineData("0-10", "relay.ports: '0-10' is not a range of ports; write first and last, as 49152-65535")]
    [InlineData("1-70000", "relay.ports: '1-70000' is not a range of ports; write first and last, as 49152-65535")]
    [InlineData("", "relay.ports: '' is not a range of ports; write first and last, as 49152-65535")]
    [InlineData("1023-2000", "relay.ports: 1023-2000 contains ports of standard services; begin at 1024 or above")]
    public void A_range_of_ports_has_two_ends_in_order_and_no_well_known_port(string ports, string mistake) =>
        Assert.Equal([mistake], RelayOptionsValidator.Validate(new() { Listeners = [new()], Secrets = [TestRelay.Secret], Ports = ports }));

    /// <summary>RFC 8656 §5: a nonce lasts an hour at most; §7.2: a reservation at least 30 s.</summary>
    [Theory]
    [InlineData(3600, 30, null)]
    [InlineData(3601, 30, "relay.lifetimes.nonce: 01:00:01 is out of range; write 00:01:00 to 01:00:00")]
    [InlineData(3600, 29, "relay.lifetimes.reservation: 00:00:29 is out of range; write 00:00:30 to 00:10:00")]
    public void Lifetimes_stay_within_what_the_RFC_requires(int nonce, int reservation, string? mistake) => Assert.Equal(
        mistake is null ? [] : [mistake],
        RelayOptionsValidator.Validate(new()
        {
            Listeners = [new()],
            Secrets = [TestRelay.Secret],
            Lifetimes = new() { Nonce = TimeSpan.FromSeconds(nonce), Reservation = TimeSpan.FromSeconds(reservation) },
        }));

    /// <summary>RFC 8489 §14.9.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(127, true)]
    [InlineData(128, false)]
    public void A_realm_has_fewer_than_128_characters(int length, bool valid) => Assert.Equal(
        valid ? [] : [$"relay.realm: has {length} characters; write 1 to 127"],
        RelayOptionsValidator.Validate(new() { Listeners = [new()], Secrets = [TestRelay.Secret], Realm = new('r', length) }));

    [Fact]
    public void Without_listeners_and_secrets_there_is_no_relay()
    {
        var mistakes = RelayOptionsValidator.Validate(new());
        Assert.Collection(
            mistakes,
            mistake => Assert.StartsWith("relay.listeners: is empty; add one", mistake, StringComparison.Ordinal),
            mistake => Assert.StartsWith("relay.secrets: is empty, and so is relay.secretsFile", mistake, StringComparison.Ordinal));
    }

    [Fact]
    public void Secrets_are_read_from_a_file_and_never_shown()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var mistakes = new List<string>();
            File.WriteAllText(file, "the current secret of the stack\n\n  the previous secret of the stack \n");
            var configuration = RelayOptionsValidator.Parse(new() { Listeners = [new()], SecretsFile = file }, mistakes);
            Assert.Equal(["the current secret of the stack", "the previous secret of the stack"], configuration.Secrets);
            Assert.Empty(mistakes);

            File.WriteAllText(file, "hunter2\n");
            Assert.Equal(
                [$"relay.secretsFile: {file}, line 1: has 7 characters; write at least 16, `openssl rand -base64 32` generates one"],
                RelayOptionsValidator.Validate(new() { Listeners = [new()], SecretsFile = file }));
        }
        finally
        {
            File.Delete(file);
        }

        Assert.StartsWith(
            $"relay.secretsFile: {file} cannot be read",
            Assert.Single(RelayOptionsValidator.Validate(new() { Listeners = [new()], SecretsFile = file })),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Users_are_read_from_settings_and_file_and_never_shown()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            var mistakes = new List<string>();
            File.WriteAllText(file, "gorst:0x7da2270ccfa49786e0115366d3a3d14d\n\n  ada : pass word \n");
            var configuration = RelayOptionsValidator.Parse(TestRelay.Options(users: ["Zoë:pw"], usersFile: file), mistakes);
            Assert.Empty(mistakes);
            Assert.Equal(3, configuration.Users.Count);

            File.WriteAllText(file, "");
            Assert.Empty(RelayOptionsValidator.Validate(TestRelay.Options(usersFile: file)));

            File.WriteAllText(file, "ada:pw\nhunter2\nada:pw2\n1900000000:ada:pw\n");
            Assert.Equal(
                [
                    "relay.users[0]: has no password, or one with control characters; write name:password",
                    $"relay.usersFile: {file}, line 2: has no colon; write name:password, or name:0x… with a key",
                    $"relay.usersFile: {file}, line 3: has the name of an earlier user; remove one of them",
                    $"relay.usersFile: {file}, line 4: has a name of digits, which is that of a time-limited credential; "
                    + "write another name",
                ],
                RelayOptionsValidator.Validate(TestRelay.Options(users: ["gorst:"], usersFile: file)));

            File.WriteAllLines(file, Enumerable.Range(0, 10_001).Select(i => $"user{i}:0x7da2270ccfa49786e0115366d3a3d14d"));
            Assert.Equal(
                ["relay.users: more than 10000 users, with those of relay.usersFile; write fewer"],
                RelayOptionsValidator.Validate(TestRelay.Options(usersFile: file)));
        }
        finally
        {
            File.Delete(file);
        }

        Assert.StartsWith(
            $"relay.usersFile: {file} cannot be read",
            Assert.Single(RelayOptionsValidator.Validate(TestRelay.Options(usersFile: file))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Alternates_are_other_relays()
    {
        static IReadOnlyList<string> Validate(params RelayAlternateOptions[] alternates) =>
            RelayOptionsValidator.Validate(TestRelay.Options(
                listeners: [new() { Address = "0.0.0.0" }, new() { Transport = "tcp", Address = "127.0.0.1", Port = 3478 }],
                addresses: [new() { Address = "10.77.0.10", Public = "198.51.100.10" }],
                alternates: alternates));

        Assert.Empty(Validate(
            new() { Address = "192.0.2.7" },
            new() { Transport = "tcp", Address = "2001:db8::7", Port = 80 },
            new() { Transport = "tls", Address = "192.0.2.7", Port = 443, Domain = "relay7.example.org" },
            new() { Transport = "tcp", Address = "198.51.100.10", Port = 3480 }));
        Assert.Equal(
            [
                "relay.alternates[0].transport: tcp+tls is not a transport; write udp, tcp or tls",
                "relay.alternates[1].address: 'relay7.example.org' is not the address of a server; write an IP address, as 192.0.2.1",
                "relay.alternates[2].address: '0.0.0.0' is not the address of a server; write an IP address, as 192.0.2.1",
                "relay.alternates[3].port: 0 is not a port; write 1 to 65535",
                "relay.alternates[4].domain: is set for udp, which has no certificate; remove it, or write tls",
                "relay.alternates[5].domain: '192.0.2.7' is not a name; write that of the server's certificate, as relay2.example.org",
                "relay.alternates[6]: 198.51.100.10:3478 is this relay's own; write another relay, or clients go round in a circle",
                "relay.alternates[7]: 127.0.0.1:3478 is this relay's own; write another relay, or clients go round in a circle",
                "relay.alternates[9]: 192.0.2.7:3478 is listed twice; remove one",
            ],
            Validate(
                new() { Transport = "tcp+tls", Address = "192.0.2.7" },
                new() { Address = "relay7.example.org" },
                new() { Address = "0.0.0.0" },
                new() { Address = "192.0.2.7", Port = 0 },
                new() { Address = "192.0.2.7", Domain = "relay7.example.org" },
                new() { Transport = "tls", Address = "192.0.2.7", Domain = "192.0.2.7" },
                new() { Address = "198.51.100.10" },
                new() { Transport = "tls", Address = "127.0.0.1" },
                new() { Address = "192.0.2.7" },
                new() { Address = "192.0.2.7" }));
        Assert.Equal(
            ["relay.alternates: has 65 servers; write at most 64"],
            Validate([.. Enumerable.Range(1, 65).Select(i => new RelayAlternateOptions { Address = $"192.0.2.{i}" })]));
    }

    [Fact]
    public void TCP_allocations_need_a_listener_of_a_stream()
    {
        var udp = TestRelay.Options(tcpAllocations: true, listeners: [new() { Transport = "udp", Address = "127.0.0.1", Port = 0 }]);
        Assert.Equal(
            [
                "relay.tcpAllocations: only clients over TCP and TLS may use them (RFC 6062), and relay.listeners has neither; "
                + "add a listener of tcp or tls, or write false",
            ],
            RelayOptionsValidator.Validate(udp));
        Assert.Empty(RelayOptionsValidator.Validate(TestRelay.Options(tcpAllocations: true)));
    }
}

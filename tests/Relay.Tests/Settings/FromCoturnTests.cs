using System.Text.RegularExpressions;

namespace Causeway.Relay.Tests.Settings;

/// <summary>The page for operators who come from coturn.</summary>
public partial class FromCoturnTests
{
    // Of coturn's examples/etc/turnserver.conf: upstream at 8024aa6 (August 2026), then what only 4.6.1 of Debian 12 has, then what only
    // README.turnserver has.
    private const string CoturnOptions = """
        listening-device listening-port tls-listening-port alt-listening-port alt-tls-listening-port tcp-proxy-port
        listening-ip aux-server udp-self-balance relay-device relay-ip external-ip relay-threads cpus min-port max-port
        sock-buf-size udp-recvmmsg udp-recvmmsg-log udp-gso multiplex-peer multiplex-peer-port multiplex-peer-max-peers
        verbose Verbose fingerprint lt-cred-mech no-auth unauthorized-ratelimit unauthorized-ratelimit-rps stateless-nonce
        stateless-nonce-secret prometheus prometheus-username-labels prometheus-port use-auth-secret static-auth-secret
        server-name oauth user userdb psql-userdb mysql-userdb secret-key-file mongo-userdb redis-userdb redis-statsdb realm
        check-origin-consistency user-quota total-quota max-bps bps-capacity no-udp no-tcp no-tls dtls no-dtls no-udp-relay
        no-tcp-relay stale-nonce max-allocate-lifetime channel-lifetime permission-lifetime cert pkey raw-public-keys
        pkey-pwd cipher-list CA-file ec-curve-name dh566 dh1066 dh-file no-stdout-log log-file syslog syslog-facility
        simple-log log-min-level new-log-timestamp new-log-timestamp-format log-binding alternate-server
        tls-alternate-server udp-alternate-server tcp-alternate-server stun-only no-software-attribute no-stun
        rest-api-separator allow-loopback-peers no-multicast-peers max-allocate-timeout drain-min-allocations denied-peer-ip
        allowed-peer-ip pidfile secure-stun mobility keep-address-family allocation-default-address-family proc-user
        proc-group cli cli-ip cli-port cli-password web-admin web-admin-ip web-admin-port web-admin-listen-on-workers
        acme-redirect server-relay cli-max-output-sessions ne tlsv1 tlsv1_1 no-tlsv1_2 rfc5780 stun-backward-compatibility
        rfc3489-compatibility rfc5766-channel-numbers respond-http-unsupported include-reason-string
        no-cli no-tlsv1 no-tlsv1_1
        daemon db drop-invalid-packets drop-invalid-packets-log no-auth-pings no-dynamic-ip-list no-dynamic-realms
        no-rfc5780 no-stun-backward-compatibility prometheus-address prometheus-path response-origin-only-with-rfc5780
        software-attribute sql-userdb version
        """;

    [Fact]
    public void Every_option_of_coturn_has_one_row_and_no_row_invents_one()
    {
        var options = CoturnOptions.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var named = Rows().SelectMany(row => Code().Matches(row.Coturn)).Select(match => match.Groups["code"].Value).ToList();

        Assert.Equal(143, options.Length);
        Assert.Equal(options.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_setting_that_it_names_exists()
    {
        var page = File.ReadAllText(Checkout.At("docs/from-coturn.md"));
        var named = Code().Matches(page).Select(match => match.Groups["code"].Value)
            .Where(code => code.StartsWith("relay.", StringComparison.Ordinal))
            .Distinct()
            .ToList();
        var names = OptionReference.All.Select(setting => setting.Name).ToHashSet();

        Assert.True(named.Count > 20, $"only {named.Count} settings are named");
        Assert.All(named, name => Assert.Contains(name, names));
    }

    [Fact]
    public void A_row_names_a_setting_or_says_why_there_is_none() => Assert.All(Rows(), row =>
    {
        if (row.Here == "–") Assert.NotEmpty(row.Note);
        else Assert.All(row.Here.Split(", "), here => Assert.Matches(@"^`relay\.[A-Za-z.\[\]]+`$", here));
    });

    [Fact]
    public void The_example_is_valid()
    {
        var options = SettingsExample.Check("docs/from-coturn.md");
        Assert.Equal((20, TimeSpan.FromMinutes(10)), (options.Quotas.AllocationsPerSubject, options.Lifetimes.Nonce));
    }

    private static IEnumerable<(string Coturn, string Here, string Note)> Rows() =>
        from line in File.ReadLines(Checkout.At("docs/from-coturn.md"))
        where line.StartsWith("| `", StringComparison.Ordinal)
        let cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries)
        select (cells[0], cells[1], cells[2]);

    [GeneratedRegex("`(?<code>[^`\n]+)`")]
    private static partial Regex Code();
}

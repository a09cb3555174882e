using System.Globalization;
using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests.Settings;

public class StackSettingsTests
{
    private static IReadOnlyList<string> MistakesOf(params (string Key, string Value)[] changes) => MistakesOf(encrypted: null, changes);

    private static IReadOnlyList<string> MistakesOf(IReadOnlySet<string>? encrypted, params (string Key, string Value)[] changes)
    {
        var refused = Assert.Throws<SettingsException>(() => StackSettingsReader.Read("dev", Plans.Texts(changes), encrypted: encrypted));
        return [.. refused.Mistakes.Select(mistake => mistake.ToString())];
    }

    [Fact]
    public void A_few_answers_are_enough()
    {
        var settings = Plans.Settings();

        Assert.Equal("eu-central-1a", settings.Zone);
        Assert.Equal("debian-13-amd64-20260914-2601", settings.Image);
        Assert.Equal(new PortRange(49152, 65535), settings.Ports.Relayed);
        Assert.Equal([new(Transport.Udp, 3478), new(Transport.Tcp, 3478), new(Transport.Tls, 443)], settings.Ports.Transports);
        Assert.Equal("hostmaster@example.org", settings.AcmeEmail);
        Assert.True(settings.DualStack);
        Assert.False(settings.SessionManager);
        Assert.True(settings.Gate);
        Assert.False(settings.Production);
    }

    [Fact]
    public void Without_a_domain_there_is_no_TLS_by_default() => Assert.Equal(
        [Transport.Udp, Transport.Tcp],
        Plans.Settings(("domain", ""), ("hostedZone", "")).Ports.Transports.Select(offer => offer.Transport));

    [Fact]
    public void Every_mistake_is_reported_together_with_key_value_and_fix() => Assert.Equal(
        [
            "domian: is not a setting; did you mean domain?",
            "region: Frankfurt isn't an AWS region; write one like eu-central-1",
            "topology: ring isn't known; the only choice is single",
            "instanceType: t4g.small has an ARM processor; set architecture to arm64",
            "diskGb: 4 isn't a whole number from 8 to 1024",
            "networkPrefix: 8.8.8.0/24 isn't private; choose one inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16",
            "relayPorts: 49152-49151 is empty; the last port must not be below the first",
            "transports: quic isn't a transport; choose from udp, tcp, tls",
            "rootSecret: has 3 bytes and needs 32; make one with openssl rand -base64 32",
            "rotation: soon isn't a rotation; write its day, or its day and the previous one, like 2026-11-22/2026-08-01",
            "stage: test isn't known; choose demo or production",
            "logRetentionDays: 31 isn't a retention that CloudWatch offers; choose one of " + string.Join(", ", SettingKey.RetentionDays),
            "otlpEndpoint: collector:4317 isn't a URL that begins with http:// or https://",
        ],
        MistakesOf(
            ("domian", "x.org"), ("region", "Frankfurt"), ("topology", "ring"), ("relayPorts", "49152-49151"), ("transports", "udp,quic"),
            ("stage", "test"), ("instanceType", "t4g.small"), ("diskGb", "4"), ("networkPrefix", "8.8.8.0/24"), ("rootSecret", "AQID"),
            ("rotation", "soon"), ("logRetentionDays", "31"), ("otlpEndpoint", "collector:4317")));

    [Fact]
    public void A_required_setting_that_is_missing_is_a_mistake() => Assert.Equal(
        [
            "region: is missing; write an AWS region, like eu-central-1",
            "rootSecret: is missing; run ops init, or pulumi config set --secret rootSecret with the output of openssl rand -base64 32",
            "rotation: is missing; write 2026-11-22 or 2026-11-22/2026-08-01",
            "expires: is missing; a demo stack needs its last day, like 2026-12-31",
        ],
        MistakesOf(("region", ""), ("rotation", ""), ("rootSecret", ""), ("expires", "")));

    [Theory]
    [InlineData("hostedZone", "example.net",
        "hostedZone: example.net doesn't contain call.example.org; "
        + "write call.example.org itself or a zone above it, like example.org")]
    [InlineData("hostedZone", "ample.org",
        "hostedZone: ample.org doesn't contain call.example.org; "
        + "write call.example.org itself or a zone above it, like example.org")]
    [InlineData("domain", "call_me.example.org",
        "domain: call_me.example.org isn't a DNS name in lower case; write one like call.example.org")]
    [InlineData("turnPort", "50000", "turnPort: 50000 is in relayPorts 49152-65535; choose a port outside")]
    [InlineData("turnsPort", "3478", "turnsPort: 3478 is also turnPort; TLS and plain TCP need a port each")]
    [InlineData("relayPorts", "50000-50010", "relayPorts: 50000-50010 is too small: each allocation takes a port; use 100 or more")]
    [InlineData("relayPorts", "100-2000", "relayPorts: 100-2000 includes system ports; begin at 1024 or above")]
    [InlineData("transports", "tcp,tls", "transports: tcp,tls lacks udp, which STUN and most calls need; add it")]
    [InlineData("transports", "udp,udp", "transports: udp is listed twice; list each transport once")]
    [InlineData("image", "debian-13-arm64-20260914-2601",
        "image: debian-13-arm64-20260914-2601 is for another processor; choose an image for amd64, or change architecture")]
    [InlineData("networkPrefix", "10.0.0.0/8", "networkPrefix: 10.0.0.0/8 has a size that AWS refuses; choose a length from /16 to /28")]
    [InlineData("rotation", "2026-08-01/2026-11-22",
        "rotation: 2026-08-01/2026-11-22 goes back; the day before the slash must be the later one")]
    [InlineData("rootSecret", "***", "rootSecret: isn't base64; make one with openssl rand -base64 32")]
    [InlineData("tags", "[1]", "tags: [1] isn't a map of texts; write lines of name: value below it")]
    [InlineData("tags", """{"aws:x":"y"}""", "tags: aws:x is a reserved name; choose another")]
    [InlineData("otlpEndpoint", "https://me:pw@example.org",
        "otlpEndpoint: https://***@example.org contains a user or a password, which would be stored in clear; remove it")]
    [InlineData("access", "ssm",
        "ssmAgentKeyFingerprint: is missing; the agent is installed only with a signature that you trust: "
        + "copy the fingerprint from the user guide of Systems Manager")]
    [InlineData("ssmAgentKeyFingerprint", "0123 4567", "ssmAgentKeyFingerprint: 0123 4567 isn't a fingerprint of 40 hexadecimal digits")]
    [InlineData("ssmAgentKeyFingerprint", Plans.SsmKey,
        "ssmAgentKeyFingerprint: 0123456789ABCDEF0123456789ABCDEF01234567 is for access ssm; set access to ssm, or remove it")]
    [InlineData("accessKey", Plans.SsmKey, "accessKey: was renamed to ssmAgentKeyFingerprint")]
    [InlineData("alarmEmail", "nobody", "alarmEmail: nobody isn't an email address; write one like ops@example.org")]
    [InlineData("acmeEmail", "nobody", "acmeEmail: nobody isn't an email address; write one like ops@example.org")]
    [InlineData("otlpEndpoint", "me:pw@collector", "otlpEndpoint: ***@collector isn't a URL that begins with http:// or https://")]
    [InlineData("acmeDirectory", "http://ca.example.org", "acmeDirectory: http://ca.example.org isn't a URL that begins with https://")]
    [InlineData("acmeDirectory", "https://acme-staging-v02.api.letsencrypt.org/directory",
        "acmeDirectory: https://acme-staging-v02.api.letsencrypt.org/directory issues untrusted certificates, "
        + "so the gate would never pass; set gate to off while you try it, or remove it")]
    [InlineData("turnPort", "22", "turnPort: 22 is always closed, like all of 22, 80, 3389; choose another")]
    [InlineData("turnsPort", "80", "turnsPort: 80 is always closed, like all of 22, 80, 3389; choose another")]
    [InlineData("relayPorts", "3000-4000", "relayPorts: 3000-4000 contains 3389, which is always closed; begin above it, or end below it")]
    [InlineData("relayPorts", "4000-65000",
        "relayPorts: 4000-65000 leaves the host too few ports for its own connections; "
        + "leave 4096 free below it (from 1024) or above it")]
    [InlineData("region", "cn-north-1",
        "region: cn-north-1 is in another AWS partition (China, GovCloud, sovereign), which isn't supported; "
        + "choose a commercial region, like eu-central-1")]
    [InlineData("region", "us-gov-west-1",
        "region: us-gov-west-1 is in another AWS partition (China, GovCloud, sovereign), which isn't supported; "
        + "choose a commercial region, like eu-central-1")]
    [InlineData("tags", """{"team":null}""", "tags: team has no value; add one, or remove the tag")]
    [InlineData("tags", """{"team":"a","Team":"b"}""", "tags: Team and team differ in case alone, which AWS refuses; keep one of them")]
    [InlineData("tags", """{"Causeway:stack":"x"}""", "tags: Causeway:stack is a reserved name; choose another")]
    [InlineData("tags", """{"name":"x"}""", "tags: name is a reserved name; choose another")]
    [InlineData("keepCertificate", "yes", "keepCertificate: yes isn't known; choose true or false")]
    [InlineData("architecture", "arm64",
        "instanceType: t3.small has no ARM processor; set architecture to x64, or choose a type like t4g.small")]
    [InlineData("drainSeconds", "-1", "drainSeconds: -1 isn't a whole number from 0 to 3600")]
    [InlineData("drainSeconds", "2m", "drainSeconds: 2m isn't a whole number from 0 to 3600")]
    public void A_wrong_value_is_refused_with_its_fix(string key, string value, string mistake) =>
        Assert.Contains(mistake, MistakesOf((key, value)));

    [Fact]
    public void Asking_for_tls_without_a_domain_is_a_mistake() => Assert.Contains(
        "transports: tls needs a certificate that browsers trust, and so a domain; set domain, or remove tls",
        MistakesOf(("domain", ""), ("hostedZone", ""), ("transports", "udp,tls")));

    [Fact]
    public void Only_the_machine_of_the_gate_asks_an_old_relay()
    {
        Assert.Equal(TimeSpan.FromSeconds(120), Plans.Settings().Drain);
        Assert.Equal(TimeSpan.Zero, Plans.Settings(("gate", "off")).Drain);
        Assert.Contains(
            "drainSeconds: 60 needs the gate, whose machine asks the old relay; set gate to deployer, or remove it",
            MistakesOf(("gate", "off"), ("drainSeconds", "60")));
    }

    [Fact]
    public void Only_demos_with_a_domain_keep_a_certificate()
    {
        Assert.Contains(
            "keepCertificate: true is for demo stacks; production stacks always keep their secrets: remove it, or set stage to demo",
            MistakesOf(("keepCertificate", "true"), ("stage", "production"), ("expires", "")));
        Assert.Contains(
            "keepCertificate: true needs a domain, because certificates are issued for domains; set domain too, or remove it",
            MistakesOf(("keepCertificate", "true"), ("domain", ""), ("hostedZone", "")));
    }

    [Fact]
    public void A_production_stack_does_not_expire() => Assert.Contains(
        "expires: 2026-12-31 is for demo stacks; remove it, or set stage to demo",
        MistakesOf(("stage", "production")));

    [Theory]
    [InlineData("Dev")]
    [InlineData("a-")]
    [InlineData("a-stack-with-a-long-name")]
    public void An_invalid_stack_name_is_refused(string stack)
    {
        var refused = Assert.Throws<SettingsException>(() => StackSettingsReader.Read(stack, Plans.Texts()));
        Assert.Equal("stack", Assert.Single(refused.Mistakes).Key);
    }

    [Fact]
    public void An_untrusted_authority_is_accepted_without_a_gate_or_a_domain()
    {
        const string staging = "https://acme-staging-v02.api.letsencrypt.org/directory";
        Assert.Equal(staging, Plans.Settings(("acmeDirectory", staging), ("gate", "off")).AcmeDirectory.ToString());
        Assert.Equal(staging, Plans.Settings(("acmeDirectory", staging), ("domain", ""), ("hostedZone", "")).AcmeDirectory.ToString());
    }

    [Theory]
    [InlineData("2026-12-31", "2026-12-31", "2026-11-22")]
    [InlineData("2027-01-01", "2026-12-31", "2026-11-22",
        "expires: 2026-12-31 has passed, so `ops sweep` may delete the stack any day; "
        + "extend it with: ops extend dev, or remove it with: pulumi destroy --stack dev")]
    [InlineData("2027-02-19", "2027-12-31", "2026-11-22")]
    [InlineData("2027-02-20", "2027-12-31", "2026-11-22",
        "rotation: 2026-11-22 is 90 days ago or more, and the credential in the output iceServers has ended; set 2027-02-20/2026-11-22")]
    public void A_day_that_has_passed_is_a_warning(string today, string expires, string rotation, params string[] warnings) => Assert.Equal(
        warnings,
        Plans.Settings(("expires", expires), ("rotation", rotation)).WarningsOn(DateOnly.Parse(today, CultureInfo.InvariantCulture)));

    [Fact]
    public void A_production_stack_is_never_overdue_for_sweeping() =>
        Assert.Empty(Plans.Settings(("stage", "production"), ("expires", "")).WarningsOn(new(2026, 12, 31)));

    [Fact]
    public void A_secret_in_clear_is_a_mistake_if_the_reader_knows_what_is_encrypted() => Assert.Equal(
        ["rootSecret: is stored in clear; change it, and set it with pulumi config set --secret"],
        MistakesOf(encrypted: new HashSet<string>()));

    [Fact]
    public void Settings_can_be_read_without_the_secret()
    {
        var settings = StackSettingsReader.Read("dev", Plans.Texts(("rootSecret", "")), withoutSecret: true);
        Assert.Same(RootSecret.Unread, settings.RootSecret);
    }

    [Fact]
    public void An_invalid_secret_is_never_shown() =>
        Assert.All(MistakesOf(("rootSecret", "QQ==")), mistake => Assert.DoesNotContain("QQ==", mistake, StringComparison.Ordinal));

    [Fact]
    public void A_misspelt_secret_or_an_encrypted_value_is_never_shown()
    {
        Assert.Contains("rootSecert: is not a setting; did you mean rootSecret?", MistakesOf(("rootSecert", Plans.Root)));
        Assert.Equal(
            ["domian: is not a setting; did you mean domain?"],
            MistakesOf(new HashSet<string> { "rootSecret", "domian" }, ("domian", "hidden.example.org")));
        Assert.Equal(
            ["alarmEmail: isn't an email address; write one like ops@example.org"],
            MistakesOf(new HashSet<string> { "rootSecret", "alarmEmail" }, ("alarmEmail", "hidden")));
    }

    [Fact]
    public void A_URL_that_is_too_long_for_user_data_is_refused() => Assert.EndsWith(
        "… has 503 characters; the most are 500, because it travels in the hosts' user-data",
        Assert.Single(MistakesOf(("acmeDirectory", "https://ca.example.org/" + new string('a', 480)))),
        StringComparison.Ordinal);

    [Fact]
    public void Printing_settings_shows_no_secret() =>
        Assert.Contains("RootSecret = [secret]", Plans.Settings().ToString(), StringComparison.Ordinal);
}

using Causeway.Blueprint.Ports;
using Causeway.Blueprint.Settings;

namespace Causeway.Blueprint.Tests.Settings;

public class StackSettingsTests
{
    private static IReadOnlyList<string> MistakesOf(params (string Key, string Value)[] changes) =>
        [.. Assert.Throws<SettingsException>(() => Plans.Settings(changes)).Mistakes.Select(mistake => mistake.ToString())];

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
    public void Without_a_domain_tls_is_left_out_by_itself() =>
        Assert.Equal([Transport.Udp, Transport.Tcp], Plans.Settings(("domain", ""), ("hostedZone", "")).Ports.Transports.Select(offer => offer.Transport));

    [Fact]
    public void Every_mistake_is_reported_together_with_key_value_and_mend() => Assert.Equal(
        [
            "domian: x.org is set for no setting; did you mean domain?",
            "region: Frankfurt is no AWS region; write one as eu-central-1",
            "topology: ring is not known; the only choice is single",
            "relayPorts: 49152-49151 is empty; the last port must not be below the first",
            "transports: quic is no transport; choose among udp, tcp and tls",
            "stage: test is not known; choose demo or production",
            "instanceType: t4g.small has an ARM processor; set architecture to arm64",
            "diskGb: 4 is not a whole number from 8 to 1024",
            "networkPrefix: 8.8.8.0/24 is not private; choose one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
            "rootSecret: has 3 bytes and needs 32; make one with openssl rand -base64 32",
            "rotation: soon is no rotation; write its day, and behind a slash the day before it, as 2026-11-22/2026-08-01",
            "logRetentionDays: 31 is no retention that CloudWatch knows; choose among 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
            "otlpEndpoint: collector:4317 is no URL; write one that begins with http:// or https://",
        ],
        MistakesOf(
            ("domian", "x.org"), ("region", "Frankfurt"), ("topology", "ring"), ("relayPorts", "49152-49151"), ("transports", "udp,quic"), ("stage", "test"),
            ("instanceType", "t4g.small"), ("diskGb", "4"), ("networkPrefix", "8.8.8.0/24"), ("rootSecret", "AQID"), ("rotation", "soon"), ("logRetentionDays", "31"),
            ("otlpEndpoint", "collector:4317")));

    [Fact]
    public void What_must_be_set_is_asked_for() => Assert.Equal(
        [
            "region: is missing; write an AWS region, as eu-central-1",
            "rotation: is missing; write 2026-11-22 or 2026-11-22/2026-08-01",
            "rootSecret: is missing; run ops init, or pulumi config set --secret rootSecret with the output of openssl rand -base64 32",
            "expires: is missing; a demo stack says until when it is needed, as 2026-12-31",
        ],
        MistakesOf(("region", ""), ("rotation", ""), ("rootSecret", ""), ("expires", "")));

    [Theory]
    [InlineData("hostedZone", "example.net", "hostedZone: example.net does not hold call.example.org; write call.example.org itself or a zone above it, as example.org")]
    [InlineData("hostedZone", "ample.org", "hostedZone: ample.org does not hold call.example.org; write call.example.org itself or a zone above it, as example.org")]
    [InlineData("domain", "call_me.example.org", "domain: call_me.example.org is no DNS name; write one as call.example.org, in lower case")]
    [InlineData("turnPort", "50000", "turnPort: 50000 lies in relayPorts 49152-65535; choose one beside it")]
    [InlineData("turnsPort", "3478", "turnsPort: 3478 is turnPort too; TLS and plain TCP need a port each")]
    [InlineData("relayPorts", "50000-50010", "relayPorts: 50000-50010 is too small for a relay, which needs a port for each allocation; give it 100 or more")]
    [InlineData("relayPorts", "100-2000", "relayPorts: 100-2000 begins among the system's ports; begin at 1024 or above")]
    [InlineData("transports", "tcp,tls", "transports: tcp,tls lacks udp, which STUN and most calls need; add it")]
    [InlineData("transports", "udp,udp", "transports: udp stands there twice; name each transport once")]
    [InlineData("image", "debian-13-arm64-20260914-2601", "image: debian-13-arm64-20260914-2601 is for another processor; write one for amd64, or change architecture")]
    [InlineData("networkPrefix", "10.0.0.0/8", "networkPrefix: 10.0.0.0/8 has a size that AWS refuses; choose a length from /16 to /28")]
    [InlineData("rotation", "2026-08-01/2026-11-22", "rotation: 2026-08-01/2026-11-22 goes back; the day before the slash must be the later one")]
    [InlineData("rootSecret", "***", "rootSecret: is no base64; make one with openssl rand -base64 32")]
    [InlineData("tags", "[1]", "tags: [1] is no map of texts; write name: value below it")]
    [InlineData("tags", """{"aws:x":"y"}""", "tags: aws:x is a reserved name; choose another")]
    [InlineData("otlpEndpoint", "https://me:pw@example.org", "otlpEndpoint: https://***@example.org has a user or a password in it, which would stand in clear; write it without")]
    [InlineData("access", "ssm", "accessKey: is missing; the agent is installed only with a signature that you trust: write the fingerprint from the user guide of Systems Manager")]
    [InlineData("accessKey", "0123 4567", "accessKey: 0123 4567 is no fingerprint; write its 40 hexadecimal digits")]
    [InlineData("accessKey", Plans.AccessKey, "accessKey: 0123456789ABCDEF0123456789ABCDEF01234567 is for access ssm; set access to ssm, or remove it")]
    [InlineData("alarmEmail", "nobody", "alarmEmail: nobody is no e-mail address; write one as ops@example.org")]
    [InlineData("acmeEmail", "nobody", "acmeEmail: nobody is no e-mail address; write one as ops@example.org")]
    [InlineData("otlpEndpoint", "me:pw@collector", "otlpEndpoint: ***@collector is no URL; write one that begins with http:// or https://")]
    [InlineData("acmeDirectory", "http://ca.example.org", "acmeDirectory: http://ca.example.org is no URL; write one that begins with https://")]
    [InlineData("acmeDirectory", "https://acme-staging-v02.api.letsencrypt.org/directory", "acmeDirectory: https://acme-staging-v02.api.letsencrypt.org/directory issues certificates that nobody trusts, so the gate would never pass; set gate to off while you try it, or remove it")]
    [InlineData("turnPort", "22", "turnPort: 22 stays closed whatever is set, as 22, 80, 3389 do; choose another")]
    [InlineData("turnsPort", "80", "turnsPort: 80 stays closed whatever is set, as 22, 80, 3389 do; choose another")]
    [InlineData("relayPorts", "3000-4000", "relayPorts: 3000-4000 holds 3389, which stays closed whatever is set; begin above it, or end below")]
    [InlineData("relayPorts", "4000-65000", "relayPorts: 4000-65000 leaves the host too few ports for connections of its own; leave 4096 free below it (from 1024) or above it")]
    [InlineData("region", "cn-north-1", "region: cn-north-1 lies in a part of AWS of its own (China, government, sovereign), which this program does not know; choose a region of the public part, as eu-central-1")]
    [InlineData("region", "us-gov-west-1", "region: us-gov-west-1 lies in a part of AWS of its own (China, government, sovereign), which this program does not know; choose a region of the public part, as eu-central-1")]
    [InlineData("tags", """{"team":null}""", "tags: team has no value; write one behind it, or take the tag out")]
    [InlineData("tags", """{"team":"a","Team":"b"}""", "tags: Team and team differ in case alone, which AWS refuses; keep one of them")]
    [InlineData("tags", """{"Causeway:stack":"x"}""", "tags: Causeway:stack is a reserved name; choose another")]
    [InlineData("tags", """{"name":"x"}""", "tags: name is a reserved name; choose another")]
    [InlineData("keepCertificate", "yes", "keepCertificate: yes is not known; choose true or false")]
    [InlineData("drainSeconds", "-1", "drainSeconds: -1 is not a whole number from 0 to 3600")]
    [InlineData("drainSeconds", "2m", "drainSeconds: 2m is not a whole number from 0 to 3600")]
    public void A_wrong_value_says_how_to_mend_it(string key, string value, string mistake) => Assert.Contains(mistake, MistakesOf((key, value)));

    [Fact]
    public void Asking_for_tls_without_a_domain_is_a_mistake() => Assert.Contains(
        "transports: tls needs a certificate that browsers trust, and so a domain; set domain, or leave tls out",
        MistakesOf(("domain", ""), ("hostedZone", ""), ("transports", "udp,tls")));

    [Fact]
    public void An_old_relay_is_asked_by_the_machine_of_the_gate_alone()
    {
        Assert.Equal(TimeSpan.FromSeconds(120), Plans.Settings().Drain);
        Assert.Equal(TimeSpan.Zero, Plans.Settings(("gate", "off")).Drain);
        Assert.Contains("drainSeconds: 60 needs the gate, whose machine asks the old relay; set gate to deployer, or remove it", MistakesOf(("gate", "off"), ("drainSeconds", "60")));
    }

    [Fact]
    public void A_certificate_is_kept_of_demos_with_a_domain_alone()
    {
        Assert.Contains("keepCertificate: true is for demo stacks; production keeps its secrets by itself: remove it, or set stage to demo",
            MistakesOf(("keepCertificate", "true"), ("stage", "production"), ("expires", "")));
        Assert.Contains("keepCertificate: true needs a domain: without one nobody issues a certificate; set domain too, or remove it",
            MistakesOf(("keepCertificate", "true"), ("domain", ""), ("hostedZone", "")));
    }

    [Fact]
    public void A_production_stack_does_not_expire() => Assert.Contains(
        "expires: 2026-12-31 is for demo stacks; remove it, or set stage to demo", MistakesOf(("stage", "production")));

    [Theory]
    [InlineData("Dev")]
    [InlineData("a-")]
    [InlineData("a-stack-with-a-long-name")]
    public void A_stack_name_that_cannot_stand_in_names_is_refused(string stack) =>
        Assert.Equal("stack", Assert.Single(Assert.Throws<SettingsException>(() => StackSettingsReader.Read(stack, Plans.Texts())).Mistakes).Key);

    [Fact]
    public void An_authority_that_nobody_trusts_is_taken_where_nothing_judges_it()
    {
        const string staging = "https://acme-staging-v02.api.letsencrypt.org/directory";
        Assert.Equal(staging, Plans.Settings(("acmeDirectory", staging), ("gate", "off")).AcmeDirectory.ToString());
        Assert.Equal(staging, Plans.Settings(("acmeDirectory", staging), ("domain", ""), ("hostedZone", "")).AcmeDirectory.ToString());
    }

    [Theory]
    [InlineData("2026-12-31", "2026-12-31", "2026-11-22")]
    [InlineData("2027-01-01", "2026-12-31", "2026-11-22",
        "expires: 2026-12-31 has passed, so `ops sweep` may delete the stack any day; extend it with: ops extend dev, or remove it with: pulumi destroy --stack dev")]
    [InlineData("2027-02-19", "2027-12-31", "2026-11-22")]
    [InlineData("2027-02-20", "2027-12-31", "2026-11-22", "rotation: 2026-11-22 is 90 days ago or more, and the credential in the output iceServers has ended; set 2027-02-20/2026-11-22")]
    public void A_day_that_has_passed_is_a_warning(string today, string expires, string rotation, params string[] warnings) => Assert.Equal(
        warnings, Plans.Settings(("expires", expires), ("rotation", rotation)).WarningsOn(DateOnly.ParseExact(today, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void A_production_stack_is_never_overdue_for_sweeping() =>
        Assert.Empty(Plans.Settings(("stage", "production"), ("expires", "")).WarningsOn(new(2026, 12, 31)));

    [Fact]
    public void A_secret_in_clear_is_a_mistake_where_it_is_known_what_is_encrypted()
    {
        var mistakes = Assert.Throws<SettingsException>(() => StackSettingsReader.Read("dev", Plans.Texts(), encrypted: new HashSet<string>())).Mistakes;
        Assert.Equal(["rootSecret: stands in the stack's file in clear; change it, and set it with pulumi config set --secret"], mistakes.Select(mistake => mistake.ToString()));
    }

    [Fact]
    public void A_plan_can_be_looked_at_without_the_secret()
    {
        var settings = StackSettingsReader.Read("dev", Plans.Texts(("rootSecret", "")), withoutSecret: true);
        Assert.Same(RootSecret.Unread, settings.RootSecret);
    }

    [Fact]
    public void A_mistaken_secret_is_never_shown() =>
        Assert.All(MistakesOf(("rootSecret", "QQ==")), mistake => Assert.DoesNotContain("QQ==", mistake, StringComparison.Ordinal));

    [Fact]
    public void A_misspelt_secret_or_an_encrypted_value_is_never_shown()
    {
        Assert.Contains("rootSecert: is no setting; did you mean rootSecret?", MistakesOf(("rootSecert", Plans.Root)));
        var mistakes = Assert.Throws<SettingsException>(() => StackSettingsReader.Read("dev", Plans.Texts(("domian", "hidden.example.org")), encrypted: new HashSet<string> { "rootSecret", "domian" })).Mistakes;
        Assert.Equal(["domian: is no setting; did you mean domain?"], mistakes.Select(mistake => mistake.ToString()));
        var known = Assert.Throws<SettingsException>(() => StackSettingsReader.Read("dev", Plans.Texts(("alarmEmail", "hidden")), encrypted: new HashSet<string> { "rootSecret", "alarmEmail" })).Mistakes;
        Assert.Equal(["alarmEmail: is no e-mail address; write one as ops@example.org"], known.Select(mistake => mistake.ToString()));
    }

    [Fact]
    public void A_URL_that_leaves_no_room_in_user_data_is_refused() => Assert.Contains(
        MistakesOf(("acmeDirectory", "https://ca.example.org/" + new string('a', 480))),
        mistake => mistake.EndsWith("… has 503 characters; a host's user-data has room for 500", StringComparison.Ordinal));

    [Fact]
    public void Printing_settings_shows_no_secret() =>
        Assert.Contains("RootSecret = [secret]", Plans.Settings().ToString(), StringComparison.Ordinal);
}

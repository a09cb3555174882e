using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Causeway.Blueprint.Tests.Boot.Fakes;

namespace Causeway.Blueprint.Tests.Boot;

/// <summary>Runs the host's certificate script with its own ACME client against a real authority (pebble).</summary>
public sealed class CertificateTests : IAsyncLifetime
{
    private const string Script = "/usr/local/lib/causeway/certificate";
    private const string Secret = "causeway/dev/certificate";
    private const string Away = "https://127.0.0.1:1/dir"; // Nothing listens there.
    private const string RelayChain = "/etc/causeway/relay/chain.pem";
    private const string Challenge = "_acme-challenge.call.example.org";
    private static readonly string[] Services = ["signalling", "relay"];

    private Plan _plan = Plans.Of();
    private readonly List<IAsyncDisposable> _services = [];
    private readonly List<HostRoot> _hosts = [];
    private HostAccount _aws = null!;
    private DnsServer _dns = null!;
    private bool _blind; // Whether the name servers lack the zone's records.

    public async ValueTask InitializeAsync()
    {
        if (HostRoot.Obstacle("pebble", "curl", "openssl", "python3") is { } obstacle) Assert.Skip(obstacle);
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/acme"), "python3-acme is not installed");
        _services.Add(_aws = await HostAccount.StartAsync(_plan));
        _services.Add(_dns = DnsServer.OnLoopback("call.example.org", name => _blind ? [] : _aws.Zone.Texts(name)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services) await service.DisposeAsync();
        foreach (var host in _hosts) host.Dispose();
    }

    private async Task<AcmeAuthority> AuthorityAsync(int days = 90, params string[] refused)
    {
        var authority = await AcmeAuthority.StartAsync(_dns.Address, TimeSpan.FromDays(days), refused);
        _services.Add(authority);
        return authority;
    }

    private HostRoot Host(AcmeAuthority? authority = null)
    {
        var host = new HostRoot(
            _plan,
            ("IMDS", _aws.Address),
            ("SECRETS_URL", _aws.Address),
            ("ROUTE53_URL", _aws.Address),
            ("ACME_DIRECTORY", authority?.Url ?? Away));
        _hosts.Add(host);
        host.Write("/etc/ssl/certs/ca-certificates.crt", authority?.Trust ?? "", "0644");
        host.Write("/etc/resolv.conf", $"nameserver {_dns.Address}\n", "0644");
        return host;
    }

    // Returns the console of a run that must succeed: of the script, or of the given commands.
    private static async Task<string> RunAsync(HostRoot host, string? commands = null)
    {
        if (commands is not null) host.Write("/usr/local/bin/commands", $"#!/bin/bash\nset -e\n{commands}\n", "0755");
        var run = await host.RunAsync(commands is null ? Script : "/usr/local/bin/commands");
        var console = run.StandardOutput + run.StandardError;
        Assert.True(run.ExitCode == 0, console);
        return console;
    }

    private sealed record KeptPair(string? Directory, string Chain, string Key);

    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private KeptPair Kept(string secret = Secret) => JsonSerializer.Deserialize<KeptPair>(_aws.Secret(secret)!, Json)!;

    [Fact]
    public async Task A_new_certificate_is_kept_and_both_services_get_it()
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);

        var console = await RunAsync(host);

        Assert.Equal(1, authority.Orders);
        Assert.Contains(
            $"requesting a certificate for call.example.org and *.call.example.org from {authority.Url}",
            console,
            StringComparison.Ordinal);
        Assert.Equal([$"GetSecretValue {Secret} 400", $"PutSecretValue {Secret} 200"], _aws.SecretCalls);
        Assert.Equal(authority.Url, Kept().Directory);
        foreach (var service in Services)
        {
            Assert.Equal(Kept().Chain, host.Read($"/etc/causeway/{service}/chain.pem"));
            Assert.Equal(Kept().Key, host.Read($"/etc/causeway/{service}/key.pem"));
        }
        using var pair = X509Certificate2.CreateFromPemFile(host.Path(RelayChain), host.Path("/etc/causeway/relay/key.pem"));
        Assert.True(pair.MatchesHostname("call.example.org") && pair.MatchesHostname($"relay-{_plan.Generation}.call.example.org"));
    }

    [Fact]
    public async Task One_change_of_the_zone_proves_both_names_and_is_undone()
    {
        await RunAsync(Host(await AuthorityAsync()));
        string[] change = ["ListHostedZonesByName 200", "ListResourceRecordSets 200", "ChangeResourceRecordSets 200"];
        Assert.Equal([.. change, "GetChange 200", .. change], _aws.ZoneCalls);
        Assert.Empty(_aws.Zone.Records);
    }

    [Fact]
    public async Task The_authority_is_asked_to_check_when_every_name_server_has_the_record()
    {
        var authority = await AuthorityAsync();
        _aws.Cloud.Route53.LooksUntilInSync = 3;
        var host = Host(authority);
        host.AllowWaits(3);

        await RunAsync(host);

        Assert.Equal([1, 1, 1], host.Waits);
        Assert.Equal(1, authority.Orders);
        Assert.Equal(4, _aws.ZoneCalls.Count(call => call == "GetChange 200"));
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public async Task A_throttled_request_to_Route_53_is_retried_a_few_times(int refusals, bool issued)
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);
        host.AllowWaits(4);
        _aws.Injected.Throttle("route53:*", refusals);

        var run = await host.RunAsync(Script);

        Assert.Equal(issued, run.ExitCode == 0);
        Assert.Equal([2, 2, 2, 2], host.Waits.Take(4));
        const string failure =
            "FAILED: cannot find the zone example.org in Route 53: "
            + "curl: (22) The requested URL returned error: 400 Throttling: Rate exceeded";
        Assert.Equal(!issued, run.StandardOutput.Contains(failure, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_record_keeps_only_the_last_ten_values_that_hosts_left()
    {
        var host = Host(await AuthorityAsync());

        await RunAsync(host, "for host in {1..12}; do /usr/local/lib/causeway/challenge publish of-$host-a of-$host-b; done");

        var texts = _aws.Zone.Texts(Challenge).ToList();
        Assert.Equal(10, texts.Count);
        Assert.Equal(["of-12-a", "of-12-b"], texts.TakeLast(2));
    }

    [Fact]
    public async Task Another_hosts_values_stay_in_the_record()
    {
        var host = Host(await AuthorityAsync());

        await RunAsync(host, $"/usr/local/lib/causeway/challenge publish of-another; {Script}");

        Assert.Equal(["of-another"], _aws.Zone.Texts(Challenge));
    }

    [Fact]
    public async Task If_the_zone_cannot_be_changed_the_authority_checks_nothing()
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);
        _aws.Injected.Refuse("route53:ChangeResourceRecordSets", first: 1);

        var run = await host.RunAsync(Script);

        Assert.Contains(
            $"FAILED: cannot change {Challenge} in Route 53: curl: (22) The requested URL returned error: 403 AccessDenied: User: ",
            run.StandardOutput,
            StringComparison.Ordinal);
        Assert.Contains(
            "FAILED: the authority issued no certificate: cannot answer its challenge\n", run.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("/chalZ/", authority.Log, StringComparison.Ordinal);
        Assert.Equal([120], host.Waits);
    }

    [Fact]
    public async Task A_failed_check_of_the_authority_is_reported_and_the_record_removed()
    {
        var authority = await AuthorityAsync();
        _blind = true;

        var run = await Host(authority).RunAsync(Script);

        Assert.Matches(@"FAILED: the authority issued no certificate: call\.example\.org: .*No TXT records found", run.StandardOutput);
        Assert.Empty(_aws.Zone.Records);
    }

    [Fact]
    public async Task A_host_keeps_its_account_with_the_authority()
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);
        _aws.Injected.Refuse("secretsmanager:PutSecretValue", first: 1);
        Assert.NotEqual(0, (await host.RunAsync(Script)).ExitCode);
        File.Delete(Directory.GetFiles(host.Path("/var/lib/causeway/acme"), "issued.crt", SearchOption.AllDirectories).Single());

        await RunAsync(host);

        Assert.Equal(2, authority.Orders);
        Assert.Single(authority.Log.Split('\n'), line => line.Contains("There are now 1 accounts in memory", StringComparison.Ordinal));
        Assert.DoesNotContain("There are now 2 accounts", authority.Log, StringComparison.Ordinal);
    }

    /// <summary>The secret belongs to no stack, so the next stack of the same name finds it, with any root secret.</summary>
    [Fact]
    public async Task A_kept_certificate_outlives_its_stack_and_the_next_one_uses_it()
    {
        const string kept = "causeway/dev/kept-certificate";
        var authority = await AuthorityAsync();
        _plan = Plans.Of(("keepCertificate", "true"));
        _services.Add(_aws = await HostAccount.StartAsync(_plan));
        var console = await RunAsync(Host(authority));
        Assert.Contains($"created the secret {kept}, which outlives the stack", console, StringComparison.Ordinal);
        Assert.Equal([$"GetSecretValue {kept} 400", $"PutSecretValue {kept} 400", $"CreateSecret {kept} 200"], _aws.SecretCalls);
        var left = _aws.Secret(kept)!;

        _plan = Plans.Of(("keepCertificate", "true"), ("rootSecret", "ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA="));
        _services.Add(_aws = await HostAccount.StartAsync(_plan));
        _aws.Keep(kept, left);
        var next = Host(authority);
        await RunAsync(next);
        Assert.Equal(1, authority.Orders);
        Assert.Equal([$"GetSecretValue {kept} 200"], _aws.SecretCalls);
        Assert.Equal(Kept(kept).Chain, next.Read(RelayChain));
    }

    [Fact]
    public async Task A_host_does_not_create_a_missing_secret_of_the_stack()
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);
        _aws.Injected.Refuse("secretsmanager:PutSecretValue", first: 1);
        Assert.NotEqual(0, (await host.RunAsync(Script)).ExitCode);
        Assert.DoesNotContain(_aws.SecretCalls, call => call.StartsWith("CreateSecret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_its_service_reads_a_certificate_and_never_half_of_one()
    {
        Keep(MakeCertificate(days: 60));
        var host = Host();
        await RunAsync(host);
        var before = host.Read("/etc/causeway/relay/key.pem");
        using var reader = new StreamReader(host.Path("/etc/causeway/relay/key.pem"));

        Keep(MakeCertificate(days: 61));
        await RunAsync(host);

        // The file was replaced, not rewritten: a reader of the old one reads it to its end.
        Assert.NotEqual(before, host.Read("/etc/causeway/relay/key.pem"));
        Assert.Equal(before, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        const string expected = """
            640 root causeway-relay /etc/causeway/relay/chain.pem
            640 root causeway-relay /etc/causeway/relay/key.pem
            640 root causeway-signalling /etc/causeway/signalling/chain.pem
            640 root causeway-signalling /etc/causeway/signalling/key.pem
            chain.pem
            key.pem

            """;
        Assert.Equal(
            expected, await RunAsync(host, "stat -c '%a %U %G %n' /etc/causeway/{relay,signalling}/*.pem\nls -A /etc/causeway/relay"));
    }

    [Fact]
    public async Task Another_host_uses_the_kept_certificate_and_requests_none()
    {
        var authority = await AuthorityAsync();
        var first = Host(authority);
        await RunAsync(first);
        var rebuilt = Host(authority);

        await RunAsync(rebuilt);
        await RunAsync(first);

        Assert.Equal(1, authority.Orders);
        foreach (var service in Services)
            Assert.Equal(first.Read($"/etc/causeway/{service}/chain.pem"), rebuilt.Read($"/etc/causeway/{service}/chain.pem"));
        Assert.Single(_aws.SecretCalls, call => call.StartsWith("Put", StringComparison.Ordinal));
    }

    public static TheoryData<string> Faults =>
        ["another name", "no wildcard", "another authority", "no authority", "another key", "its end behind it"];

    [Theory, MemberData(nameof(Faults))]
    public async Task A_kept_certificate_is_not_used_if_it_has(string fault)
    {
        var made = fault switch
        {
            "another name" => MakeCertificate(days: 60, names: ["example.org", "*.example.org"]),
            "no wildcard" => MakeCertificate(days: 60, names: ["call.example.org"]),
            "its end behind it" => MakeCertificate(days: -1),
            _ => MakeCertificate(days: 60),
        };
        if (fault == "another key") made.Key = MakeCertificate(days: 60).Key;
        var directory = fault switch
        {
            "another authority" => "https://acme-staging.example.org/directory",
            "no authority" => null,
            _ => Away,
        };
        Keep(made, directory);
        var host = Host();

        var run = await host.RunAsync(Script);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"FAILED: the authority does not answer at {Away}", run.StandardOutput, StringComparison.Ordinal);
        Assert.All(Services, service => Assert.False(host.Has($"/etc/causeway/{service}/chain.pem")));
    }

    [Fact]
    public async Task A_stack_with_another_domain_gets_a_new_certificate()
    {
        var authority = await AuthorityAsync();
        Keep(MakeCertificate(days: 60, names: ["page.example.org", "*.page.example.org"]), authority.Url);
        var host = Host(authority);

        await RunAsync(host);

        Assert.Equal(1, authority.Orders);
        Assert.Equal(Kept().Chain, host.Read(RelayChain));
        using var given = X509CertificateLoader.LoadCertificateFromFile(host.Path(RelayChain));
        Assert.True(given.MatchesHostname("call.example.org") && given.MatchesHostname("relay.call.example.org"));
    }

    [Fact]
    public async Task Hosts_with_different_authorities_have_a_certificate_of_each()
    {
        var (staging, production) = (await AuthorityAsync(), await AuthorityAsync());
        var (before, after) = (Host(staging), Host(production));
        await RunAsync(before);
        var first = before.Read(RelayChain);

        await RunAsync(after);
        await RunAsync(before);
        await RunAsync(after);

        Assert.Equal((1, 1), (staging.Orders, production.Orders));
        Assert.Equal(first, before.Read(RelayChain));
        Assert.Equal(production.Url, Kept().Directory);
        Assert.Equal(Kept().Chain, after.Read(RelayChain));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_on_the_disk_is_not_kept()
    {
        var (staging, production) = (await AuthorityAsync(), await AuthorityAsync());
        var host = Host(staging);
        _aws.Injected.Refuse("secretsmanager:PutSecretValue", first: 1);
        Assert.NotEqual(0, (await host.RunAsync(Script)).ExitCode);

        host.Write(PlanFiles.Environment, $"{host.Read(PlanFiles.Environment)}ACME_DIRECTORY='{production.Url}'\n", "0600");
        host.Write("/etc/ssl/certs/ca-certificates.crt", production.Trust, "0644");
        await RunAsync(host);

        Assert.Equal((1, 1), (staging.Orders, production.Orders));
        Assert.Equal(production.Url, Kept().Directory);
    }

    [Fact]
    public async Task A_certificate_that_ends_soon_is_renewed_and_kept()
    {
        var soon = MakeCertificate(days: 29);
        var authority = await AuthorityAsync();
        Keep(soon, authority.Url);
        var host = Host(authority);

        await RunAsync(host);

        Assert.Equal(1, authority.Orders);
        Assert.NotEqual(soon.Chain, host.Read(RelayChain));
        Assert.Equal(Kept().Chain, host.Read(RelayChain));
        await RunAsync(host);
        Assert.Equal(1, authority.Orders);
    }

    [Theory]
    [InlineData(335, 31, false)]
    [InlineData(335, 29, true)]
    [InlineData(60, 31, false)]
    [InlineData(60, 29, true)]
    [InlineData(4, 3, false)]
    [InlineData(5, 2, true)]
    public async Task A_certificate_is_renewed_in_its_last_thirty_days_or_the_last_third_of_its_life(int age, int days, bool due)
    {
        Keep(MakeCertificate(days, age));

        var console = await RunAsync(Host());

        Assert.Equal(due, console.Contains("the certificate was not renewed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_for_a_week_is_requested_once_a_week()
    {
        var authority = await AuthorityAsync(days: 6);
        var host = Host(authority);

        await RunAsync(host);
        await RunAsync(host);

        Assert.Equal(1, authority.Orders);
    }

    [Fact]
    public async Task A_certificate_is_used_to_its_end_while_the_authority_is_away()
    {
        var soon = MakeCertificate(days: 3);
        Keep(soon);
        var host = Host();

        var console = await RunAsync(host);

        Assert.Contains($"FAILED: the authority does not answer at {Away}: curl: (7)", console, StringComparison.Ordinal);
        Assert.Contains("the certificate was not renewed", console, StringComparison.Ordinal);
        Assert.All(Services, service => Assert.Equal(soon.Chain, host.Read($"/etc/causeway/{service}/chain.pem")));
    }

    [Fact]
    public async Task A_host_that_cannot_read_the_secret_says_so_retries_and_requests_nothing()
    {
        var kept = MakeCertificate(days: 60);
        var authority = await AuthorityAsync();
        Keep(kept, authority.Url);
        var host = Host(authority);
        host.AllowWaits(20);
        _aws.Injected.Refuse("secretsmanager:GetSecretValue", first: 8);

        var console = await RunAsync(host);

        Assert.Equal([2, 4, 8, 16, 32, 60, 60, 60], host.Waits);
        Assert.Contains($"FAILED: cannot read secret {Secret}", console, StringComparison.Ordinal);
        Assert.Contains("AccessDeniedException", console, StringComparison.Ordinal);
        Assert.Equal(0, authority.Orders);
        Assert.Equal(kept.Chain, host.Read(RelayChain));
    }

    [Fact]
    public async Task A_certificate_that_could_not_be_kept_is_kept_later_and_not_requested_again()
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);
        host.AllowWaits(20);
        _aws.Injected.Refuse("secretsmanager:PutSecretValue", first: 4);

        var console = await RunAsync(host);

        Assert.Equal([2, 4, 8, 16], host.Waits);
        Assert.Contains($"FAILED: cannot write secret {Secret}", console, StringComparison.Ordinal);
        Assert.Equal(1, authority.Orders);
        Assert.NotNull(_aws.Secret(Secret));
    }

    [Fact]
    public async Task A_certificate_that_was_not_kept_before_a_power_failure_is_kept_after_it()
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);
        // The first wait ends the script, as a power failure would.
        host.AllowWaits(0);
        _aws.Injected.Refuse("secretsmanager:PutSecretValue", first: 1);
        Assert.NotEqual(0, (await host.RunAsync(Script)).ExitCode);
        Assert.False(host.Has(RelayChain));

        await RunAsync(host);

        Assert.Equal(1, authority.Orders);
        Assert.Equal(Kept().Chain, host.Read(RelayChain));
    }

    [Fact]
    public async Task An_authority_that_refuses_is_asked_five_times_in_the_first_hour_and_then_hourly()
    {
        var host = Host(await AuthorityAsync(refused: "call.example.org"));
        host.AllowWaits(7);

        var run = await host.RunAsync(Script);

        Assert.NotEqual(0, run.ExitCode);
        var failure = run.StandardOutput.Split('\n').First(line => line.Contains("FAILED", StringComparison.Ordinal));
        Assert.Matches("FAILED: the authority issued no certificate: .*rejectedIdentifier", failure);
        Assert.Equal([120, 240, 480, 960, 1920, 3600, 3600, 3600], host.Waits);
        Assert.False(host.Has(RelayChain));
    }

    [Fact]
    public async Task A_refused_renewal_is_retried_after_an_hour_however_often_services_start()
    {
        var authority = await AuthorityAsync(refused: "call.example.org");
        Keep(MakeCertificate(days: 3), authority.Url);
        var host = Host(authority);
        await RunAsync(host);
        Assert.Equal(1, authority.Orders);

        Assert.Contains("the certificate was not renewed", await RunAsync(host), StringComparison.Ordinal);
        Assert.Equal(1, authority.Orders);

        foreach (var asked in Directory.GetFiles(host.Path("/var/lib/causeway/acme"), "asked", SearchOption.AllDirectories))
            File.SetLastWriteTimeUtc(asked, DateTime.UtcNow.AddHours(-1));
        await RunAsync(host);
        Assert.Equal(2, authority.Orders);
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_is_asked_every_minute()
    {
        var host = Host();
        host.AllowWaits(7);

        var run = await host.RunAsync(Script);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal([2, 4, 8, 16, 32, 60, 60, 60], host.Waits);
        Assert.DoesNotContain("requesting", run.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_of_another_role_are_refused()
    {
        Keep(MakeCertificate(days: 60));
        await using var other = await HostAccount.StartAsync(_plan);
        _aws.Metadata.RoleCredentials = other.Metadata.RoleCredentials;
        var host = Host();
        host.AllowWaits(1);

        var run = await host.RunAsync(Script);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(
            "UnrecognizedClientException: The security token included in the request is invalid.",
            run.StandardOutput,
            StringComparison.Ordinal);
        Assert.Empty(_aws.Cloud.Server.Asked);
    }

    /// <summary>Secrets Manager's answer quotes what should have been signed, including the session token.</summary>
    [Fact]
    public async Task A_refused_signature_puts_no_session_token_on_the_console()
    {
        Keep(MakeCertificate(days: 60));
        var role = _aws.Metadata.RoleCredentials;
        _aws.Metadata.RoleCredentials = role with { SecretAccessKey = "another" };
        var host = Host();
        host.AllowWaits(1);

        var run = await host.RunAsync(Script);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(
            "InvalidSignatureException: The request signature we calculated does not match", run.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain(role.Token, run.StandardOutput + run.StandardError, StringComparison.Ordinal);
        Assert.Empty(_aws.Cloud.Server.Asked);
    }

    [Fact]
    public async Task Without_a_domain_a_certificate_is_created_once_with_a_warning()
    {
        var host = new HostRoot(Plans.All["demo without a domain"]);
        _hosts.Add(host);

        Assert.Contains("which browsers warn about, sha256 Fingerprint=", await RunAsync(host), StringComparison.Ordinal);
        var made = host.Read("/etc/causeway/signalling/chain.pem");
        using var pair = X509Certificate2.CreateFromPemFile(
            host.Path("/etc/causeway/signalling/chain.pem"), host.Path("/etc/causeway/signalling/key.pem"));
        Assert.True(pair.HasPrivateKey);

        await RunAsync(host);
        Assert.Equal(made, host.Read("/etc/causeway/signalling/chain.pem"));
        Assert.False(host.Has(RelayChain));
    }

    private void Keep((string Chain, string Key) pair, string? directory = Away) =>
        _aws.Keep(Secret, JsonSerializer.Serialize(new KeptPair(directory, pair.Chain, pair.Key), Json));

    // Sixty days old by default, like a public authority's certificate when it is renewed.
    private (string Chain, string Key) MakeCertificate(int days, int age = 60, string[]? names = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=made by a test", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names ?? _plan.Certificate.Names) alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-age), DateTimeOffset.UtcNow.AddDays(days));
        return (made.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}

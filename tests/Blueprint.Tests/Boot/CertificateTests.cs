using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Causeway.Blueprint.Tests.Boot.Fakes;

namespace Causeway.Blueprint.Tests.Boot;

/// <summary>
/// The host's certificate script, as the plan renders it, with a real authority (pebble) and the client of it that hosts have.
/// </summary>
public sealed class CertificateTests : IAsyncLifetime
{
    private const string Secret = "causeway/dev/certificate";
    // Nobody listens on port 1.
    private const string Away = "https://127.0.0.1:1/dir";
    private static readonly string[] Services = ["signalling", "relay"];

    private Plan _plan = Plans.Of();
    private readonly List<IAsyncDisposable> _services = [];
    private readonly List<HostRoot> _hosts = [];
    private HostAccount _aws = null!;
    private DnsServer _dns = null!;
    private bool _blind; // Whether name servers have none of the zone's records.

    public async ValueTask InitializeAsync()
    {
        if (HostRoot.Obstacle("pebble", "curl", "openssl", "python3") is { } obstacle) Assert.Skip(obstacle);
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/acme"), "python3-acme is not installed on this machine");
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

    private HostRoot Host(AcmeAuthority? authority, int renewBeforeDays = 30)
    {
        var host = new HostRoot(_plan, ("IMDS", _aws.Address), ("SECRETS_URL", _aws.Address), ("ROUTE53_URL", _aws.Address),
            ("RENEW_BEFORE_DAYS", $"{renewBeforeDays}"),
            ("ACME_DIRECTORY", authority?.Url ?? Away));
        _hosts.Add(host);
        host.Write("/etc/ssl/certs/ca-certificates.crt", authority?.Trust ?? "", "0644");
        host.Write("/etc/resolv.conf", $"nameserver {_dns.Address}\n", "0644");
        return host;
    }

    private static async Task<string> RunAsync(HostRoot host)
    {
        var run = await host.RunAsync("/usr/local/lib/causeway/certificate");
        var console = run.StandardOutput + run.StandardError;
        Assert.True(run.ExitCode == 0, console);
        return console;
    }

    [Fact]
    public async Task The_first_certificate_is_issued_kept_and_given_to_both_services()
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);

        var console = await RunAsync(host);

        Assert.Equal(1, authority.Orders);
        Assert.Contains($"requesting a certificate for call.example.org and *.call.example.org from {authority.Url}", console,
            StringComparison.Ordinal);
        Assert.Equal([$"GetSecretValue {Secret} 400", $"PutSecretValue {Secret} 200"], _aws.SecretCalls);
        var kept = JsonDocument.Parse(_aws.Secret(Secret)!).RootElement;
        Assert.Equal(authority.Url, kept.GetProperty("directory").GetString());
        foreach (var service in Services)
        {
            Assert.Equal(kept.GetProperty("chain").GetString(), host.Read($"/etc/causeway/{service}/chain.pem"));
            Assert.Equal(kept.GetProperty("key").GetString(), host.Read($"/etc/causeway/{service}/key.pem"));
        }
        using var pair = X509Certificate2.CreateFromPemFile(host.Path("/etc/causeway/relay/chain.pem"),
            host.Path("/etc/causeway/relay/key.pem"));
        Assert.True(pair.MatchesHostname("call.example.org") && pair.MatchesHostname($"relay-{_plan.Generation}.call.example.org"));
    }

    [Fact]
    public async Task Both_names_are_proven_by_one_change_of_the_zone_which_is_taken_back()
    {
        await RunAsync(Host(await AuthorityAsync()));
        string[] look = ["ListHostedZonesByName 200", "ListResourceRecordSets 200"];
        Assert.Equal([.. look, "ChangeResourceRecordSets 200", "GetChange 200", .. look, "ChangeResourceRecordSets 200"], _aws.ZoneCalls);
        Assert.Empty(_aws.Zone.Records);
    }

    [Fact]
    public async Task The_authority_is_asked_to_look_when_every_name_server_has_the_record()
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
    public async Task Route_53_that_is_asked_too_often_is_asked_again_a_few_times(int refusals, bool issued)
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);
        host.AllowWaits(4);
        _aws.Injected.Throttle("route53:*", refusals);

        var run = await host.RunAsync("/usr/local/lib/causeway/certificate");

        Assert.Equal(issued, run.ExitCode == 0);
        Assert.Equal([2, 2, 2, 2], host.Waits.Take(4));
        const string said =
            "FAILED: cannot find the zone example.org in Route 53: curl: (22) The requested URL returned error: 400 Throttling: Rate "
            + "exceeded";
        Assert.Equal(!issued, run.StandardOutput.Contains(said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Values_that_hosts_left_behind_do_not_grow_for_ever()
    {
        var host = Host(await AuthorityAsync());
        host.Write("/usr/local/bin/hosts",
            "#!/bin/bash\nset -e\nfor host in {1..12}; do /usr/local/lib/causeway/challenge publish of-$host-a of-$host-b; done\n", "0755");

        var run = await host.RunAsync("/usr/local/bin/hosts");

        Assert.True(run.ExitCode == 0, run.StandardOutput + run.StandardError);
        var texts = _aws.Zone.Texts("_acme-challenge.call.example.org").ToList();
        Assert.Equal(10, texts.Count);
        Assert.Equal(["of-12-a", "of-12-b"], texts.TakeLast(2));
    }

    [Fact]
    public async Task Values_that_another_host_has_in_the_record_stay()
    {
        var host = Host(await AuthorityAsync());
        host.Write("/usr/local/bin/both", """
            #!/bin/bash
            set -e
            /usr/local/lib/causeway/challenge publish of-another
            /usr/local/lib/causeway/certificate
            """, "0755");

        var run = await host.RunAsync("/usr/local/bin/both");

        Assert.True(run.ExitCode == 0, run.StandardOutput + run.StandardError);
        Assert.Equal(["of-another"], _aws.Zone.Texts("_acme-challenge.call.example.org"));
    }

    [Fact]
    public async Task A_zone_that_may_not_be_changed_is_said_and_the_authority_looks_at_nothing()
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);
        _aws.Injected.Refuse("route53:ChangeResourceRecordSets", first: 1);

        var run = await host.RunAsync("/usr/local/lib/causeway/certificate");

        Assert.Contains(
            "FAILED: cannot change _acme-challenge.call.example.org in Route 53: curl: (22) The requested URL returned error: 403 "
            + "AccessDenied: User: ",
            run.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("FAILED: the authority issued no certificate: cannot answer its challenge\n", run.StandardOutput,
            StringComparison.Ordinal);
        Assert.DoesNotContain("/chalZ/", authority.Log, StringComparison.Ordinal);
        Assert.Equal([120], host.Waits);
    }

    [Fact]
    public async Task Why_the_authority_did_not_believe_is_said_and_the_record_taken_back()
    {
        var authority = await AuthorityAsync();
        _blind = true;

        var run = await Host(authority).RunAsync("/usr/local/lib/causeway/certificate");

        Assert.Matches(@"FAILED: the authority issued no certificate: call\.example\.org: .*No TXT records found", run.StandardOutput);
        Assert.Empty(_aws.Zone.Records);
    }

    [Fact]
    public async Task A_host_asks_with_the_account_that_it_has()
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);
        _aws.Injected.Refuse("secretsmanager:PutSecretValue", first: 1);
        Assert.NotEqual(0, (await host.RunAsync("/usr/local/lib/causeway/certificate")).ExitCode);
        File.Delete(Directory.GetFiles(host.Path("/var/lib/causeway/acme"), "issued.crt", SearchOption.AllDirectories).Single());

        await RunAsync(host);

        Assert.Equal(2, authority.Orders);
        Assert.Single(authority.Log.Split('\n'), line => line.Contains("There are now 1 accounts in memory", StringComparison.Ordinal));
        Assert.DoesNotContain("There are now 2 accounts", authority.Log, StringComparison.Ordinal);
    }

    /// <summary>
    /// No stack makes the secret and none takes it away, so the next one of the same name finds it, whatever its root secret is.
    /// </summary>
    [Fact]
    public async Task A_kept_certificate_outlives_its_stack_and_the_next_one_takes_it_up()
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
        Assert.Equal(JsonDocument.Parse(left).RootElement.GetProperty("chain").GetString(), next.Read("/etc/causeway/relay/chain.pem"));
    }

    [Fact]
    public async Task A_secret_of_the_stack_that_is_gone_is_not_made_behind_it()
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);
        _aws.Injected.Refuse("secretsmanager:PutSecretValue", first: 1);
        Assert.NotEqual(0, (await host.RunAsync("/usr/local/lib/causeway/certificate")).ExitCode);
        Assert.DoesNotContain(_aws.SecretCalls, call => call.StartsWith("CreateSecret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_is_readable_by_its_service_alone_and_never_half_there()
    {
        Keep(MakeCertificate(days: 60));
        var host = Host(null);
        await RunAsync(host);
        var before = host.Read("/etc/causeway/relay/key.pem");
        using var reader = new StreamReader(host.Path("/etc/causeway/relay/key.pem"));

        Keep(MakeCertificate(days: 61));
        await RunAsync(host);

        // Another file took the name: who was reading the earlier one reads it to its end.
        Assert.NotEqual(before, host.Read("/etc/causeway/relay/key.pem"));
        Assert.Equal(before, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        host.Write("/usr/local/bin/listing",
            "#!/bin/bash\nstat -c '%a %U %G %n' /etc/causeway/{relay,signalling}/*.pem\nls -A /etc/causeway/relay\n", "0755");
        var listed = await host.RunAsync("/usr/local/bin/listing");
        Assert.Equal("640 root causeway-relay /etc/causeway/relay/chain.pem\n640 root causeway-relay /etc/causeway/relay/key.pem\n" +
            "640 root causeway-signalling /etc/causeway/signalling/chain.pem\n640 root causeway-signalling "
                + "/etc/causeway/signalling/key.pem\nchain.pem\nkey.pem\n", listed.StandardOutput);
    }

    [Fact]
    public async Task Another_host_takes_the_kept_certificate_and_asks_the_authority_for_nothing()
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

    public static TheoryData<string> Unfit => ["another name", "no wildcard", "another authority", "no authority", "another key",
        "its end behind it"];

    [Theory, MemberData(nameof(Unfit))]
    public async Task A_kept_certificate_is_not_taken_when_it_has(string fault)
    {
        var made = fault switch
        {
            "another name" => MakeCertificate(days: 60, names: ["example.org", "*.example.org"]),
            "no wildcard" => MakeCertificate(days: 60, names: ["call.example.org"]),
            "its end behind it" => MakeCertificate(days: -1),
            _ => MakeCertificate(days: 60),
        };
        if (fault == "another key") made.Key = MakeCertificate(days: 60).Key;
        Keep(made, fault switch { "another authority" => "https://acme-staging.example.org/directory", "no authority" => null, _ => Away });
        var host = Host(null);

        var run = await host.RunAsync("/usr/local/lib/causeway/certificate");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"FAILED: the authority does not answer at {Away}", run.StandardOutput, StringComparison.Ordinal);
        Assert.All(Services, service => Assert.False(host.Has($"/etc/causeway/{service}/chain.pem")));
    }

    [Fact]
    public async Task A_stack_with_another_domain_has_a_new_certificate_in_place_of_the_kept_one()
    {
        var authority = await AuthorityAsync();
        Keep(MakeCertificate(days: 60, names: ["page.example.org", "*.page.example.org"]), authority.Url);
        var host = Host(authority);

        await RunAsync(host);

        Assert.Equal(1, authority.Orders);
        Assert.Equal(JsonDocument.Parse(_aws.Secret(Secret)!).RootElement.GetProperty("chain").GetString(),
            host.Read("/etc/causeway/relay/chain.pem"));
        using var given = X509CertificateLoader.LoadCertificateFromFile(host.Path("/etc/causeway/relay/chain.pem"));
        Assert.True(given.MatchesHostname("call.example.org") && given.MatchesHostname("relay.call.example.org"));
    }

    [Fact]
    public async Task Hosts_with_different_authorities_stand_side_by_side_with_a_certificate_of_each()
    {
        var (staging, production) = (await AuthorityAsync(), await AuthorityAsync());
        var (before, after) = (Host(staging), Host(production));
        await RunAsync(before);
        var first = before.Read("/etc/causeway/relay/chain.pem");

        await RunAsync(after);
        await RunAsync(before);
        await RunAsync(after);

        Assert.Equal((1, 1), (staging.Orders, production.Orders));
        Assert.Equal(first, before.Read("/etc/causeway/relay/chain.pem"));
        var kept = JsonDocument.Parse(_aws.Secret(Secret)!).RootElement;
        Assert.Equal(production.Url, kept.GetProperty("directory").GetString());
        Assert.Equal(kept.GetProperty("chain").GetString(), after.Read("/etc/causeway/relay/chain.pem"));
    }

    [Fact]
    public async Task What_another_authority_issued_and_is_still_on_the_disk_is_not_kept()
    {
        var (staging, production) = (await AuthorityAsync(), await AuthorityAsync());
        var host = Host(staging);
        _aws.Injected.Refuse("secretsmanager:PutSecretValue", first: 1);
        Assert.NotEqual(0, (await host.RunAsync("/usr/local/lib/causeway/certificate")).ExitCode);

        host.Write("/etc/causeway/host.env", host.Read("/etc/causeway/host.env") + $"ACME_DIRECTORY='{production.Url}'\n", "0600");
        host.Write("/etc/ssl/certs/ca-certificates.crt", production.Trust, "0644");
        await RunAsync(host);

        Assert.Equal((1, 1), (staging.Orders, production.Orders));
        Assert.Equal(production.Url, JsonDocument.Parse(_aws.Secret(Secret)!).RootElement.GetProperty("directory").GetString());
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
        Assert.NotEqual(soon.Chain, host.Read("/etc/causeway/relay/chain.pem"));
        Assert.Equal(JsonDocument.Parse(_aws.Secret(Secret)!).RootElement.GetProperty("chain").GetString(),
            host.Read("/etc/causeway/relay/chain.pem"));
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
    public async Task A_certificate_is_renewed_thirty_days_before_its_end_or_a_third_of_its_life_where_that_is_less(int age, int days,
        bool due)
    {
        Keep(MakeCertificate(days, age));

        var console = await RunAsync(Host(null));

        Assert.Equal(due, console.Contains("the certificate was not renewed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_that_lives_for_a_week_is_asked_for_once_in_that_time()
    {
        var authority = await AuthorityAsync(days: 6);
        var host = Host(authority);

        await RunAsync(host);
        await RunAsync(host);

        Assert.Equal(1, authority.Orders);
    }

    [Fact]
    public async Task A_certificate_serves_to_its_end_while_the_authority_is_away()
    {
        var soon = MakeCertificate(days: 3);
        Keep(soon);
        var host = Host(null);

        var console = await RunAsync(host);

        Assert.Contains($"FAILED: the authority does not answer at {Away}: curl: (7)", console, StringComparison.Ordinal);
        Assert.Contains("the certificate was not renewed", console, StringComparison.Ordinal);
        Assert.All(Services, service => Assert.Equal(soon.Chain, host.Read($"/etc/causeway/{service}/chain.pem")));
    }

    [Fact]
    public async Task While_the_secret_is_refused_the_host_says_so_tries_again_and_asks_the_authority_for_nothing()
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
        Assert.Equal(kept.Chain, host.Read("/etc/causeway/relay/chain.pem"));
    }

    [Fact]
    public async Task A_certificate_that_could_not_be_kept_is_kept_later_and_not_asked_for_again()
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
    public async Task A_certificate_that_could_not_be_kept_before_the_host_went_down_is_kept_when_it_is_back_and_not_asked_for_again()
    {
        var authority = await AuthorityAsync();
        var host = Host(authority);
        // The first wait ends the script, as a lack of power would.
        host.AllowWaits(0);
        _aws.Injected.Refuse("secretsmanager:PutSecretValue", first: 1);
        Assert.NotEqual(0, (await host.RunAsync("/usr/local/lib/causeway/certificate")).ExitCode);
        Assert.False(host.Has("/etc/causeway/relay/chain.pem"));

        await RunAsync(host);

        Assert.Equal(1, authority.Orders);
        Assert.Equal(JsonDocument.Parse(_aws.Secret(Secret)!).RootElement.GetProperty("chain").GetString(),
            host.Read("/etc/causeway/relay/chain.pem"));
    }

    [Fact]
    public async Task An_authority_that_gives_nothing_is_asked_five_times_in_the_first_hour_and_then_hourly()
    {
        var host = Host(await AuthorityAsync(refused: "call.example.org"));
        host.AllowWaits(7);

        var run = await host.RunAsync("/usr/local/lib/causeway/certificate");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("FAILED: the authority issued no certificate: ", run.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("rejectedIdentifier", run.StandardOutput.Split('\n')
            .First(line => line.Contains("FAILED", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal([120, 240, 480, 960, 1920, 3600, 3600, 3600], host.Waits);
        Assert.False(host.Has("/etc/causeway/relay/chain.pem"));
    }

    [Fact]
    public async Task A_renewal_that_was_refused_is_asked_for_again_after_an_hour_however_often_services_start()
    {
        var authority = await AuthorityAsync(refused: "call.example.org");
        Keep(MakeCertificate(days: 3), authority.Url);
        var host = Host(authority);
        await RunAsync(host);
        Assert.Equal(1, authority.Orders);

        Assert.Contains("the certificate was not renewed", await RunAsync(host), StringComparison.Ordinal);
        Assert.Equal(1, authority.Orders);

        foreach (var asked in Directory.EnumerateFiles(host.Path("/var/lib/causeway/acme"), "asked",
            SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(asked, DateTime.UtcNow.AddHours(-1));
        await RunAsync(host);
        Assert.Equal(2, authority.Orders);
    }

    [Fact]
    public async Task An_authority_that_does_not_answer_counts_nothing_and_is_asked_every_minute()
    {
        var host = Host(null);
        host.AllowWaits(7);

        var run = await host.RunAsync("/usr/local/lib/causeway/certificate");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal([2, 4, 8, 16, 32, 60, 60, 60], host.Waits);
        Assert.DoesNotContain("asking", run.StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_of_another_role_are_refused()
    {
        Keep(MakeCertificate(days: 60));
        await using var other = await HostAccount.StartAsync(_plan);
        // Credentials of one account shown to another.
        _aws.Metadata.RoleCredentials = other.Metadata.RoleCredentials;
        var host = Host(null);
        host.AllowWaits(1);

        var run = await host.RunAsync("/usr/local/lib/causeway/certificate");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("UnrecognizedClientException: The security token included in the request is invalid.", run.StandardOutput,
            StringComparison.Ordinal);
        Assert.Empty(_aws.Cloud.Server.Asked);
    }

    // Secrets Manager quotes what should have been signed, session token included.
    [Fact]
    public async Task A_refused_signature_puts_no_session_token_on_the_console()
    {
        Keep(MakeCertificate(days: 60));
        var role = _aws.Metadata.RoleCredentials;
        _aws.Metadata.RoleCredentials = role with { SecretAccessKey = "another" };
        var host = Host(null);
        host.AllowWaits(1);

        var run = await host.RunAsync("/usr/local/lib/causeway/certificate");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("InvalidSignatureException: The request signature we calculated does not match", run.StandardOutput,
            StringComparison.Ordinal);
        Assert.DoesNotContain(role.Token, run.StandardOutput + run.StandardError, StringComparison.Ordinal);
        Assert.Empty(_aws.Cloud.Server.Asked);
    }

    [Fact]
    public async Task Without_a_domain_a_certificate_is_made_once_with_a_warning()
    {
        var host = new HostRoot(Plans.All["demo without a domain"]);
        _hosts.Add(host);

        Assert.Contains("which browsers warn about, sha256 Fingerprint=", await RunAsync(host), StringComparison.Ordinal);
        var made = host.Read("/etc/causeway/signalling/chain.pem");
        using var pair = X509Certificate2.CreateFromPemFile(host.Path("/etc/causeway/signalling/chain.pem"),
            host.Path("/etc/causeway/signalling/key.pem"));
        Assert.True(pair.HasPrivateKey);

        await RunAsync(host);
        Assert.Equal(made, host.Read("/etc/causeway/signalling/chain.pem"));
        Assert.False(host.Has("/etc/causeway/relay/chain.pem"));
    }

    private void Keep((string Chain, string Key) pair, string? directory = Away) => _aws.Keep(Secret, directory is null
        ? JsonSerializer.Serialize(new { chain = pair.Chain, key = pair.Key })
        : JsonSerializer.Serialize(new { directory, chain = pair.Chain, key = pair.Key }));

    // In force for sixty days, as those of public authorities are at the time when they are renewed.
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

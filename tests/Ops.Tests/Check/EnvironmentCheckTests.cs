using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Causeway.Ops.Check;
using Causeway.Ops.Local;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Ops.Tests.Check;

/// <summary><c>ops check</c> against running services, whole and broken on purpose.</summary>
public sealed class EnvironmentCheckTests(RunningEnvironment environment) : IClassFixture<RunningEnvironment>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_environment_that_works_passes_with_bytes_relayed_and_a_round_trip()
    {
        var check = await Check(environment.Address);

        Assert.All(check.Results, row => Assert.Equal(CheckOutcome.Passed, row.Outcome));
        Assert.Equal(["dns", "health", "relays", "websocket", "stun udp", "turn udp", "turn tcp"], check.Results.Select(row => row.Name));
        Assert.All(check.Results.Where(row => row.Name.StartsWith("turn", StringComparison.Ordinal)), row =>
        {
            Assert.True(row.BytesRelayed > 0);
            Assert.True(row.RoundTrip > TimeSpan.Zero);
        });
    }

    [Fact]
    public async Task A_secret_that_the_relay_does_not_know_is_named_as_the_cause()
    {
        var address = await environment.SignallingFor(environment.TurnUrl, "another secret than the relay's");
        await RequireFailure(address, "turn udp", "the relay rejects the credential: signalling and relay have different secrets", "relay.secrets");
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task A_relay_that_does_not_run_is_named_as_the_cause(string transport)
    {
        var port = FreePorts.Take();
        var address = await environment.SignallingFor(Text($"turn:127.0.0.1:{port}?transport={transport}"), environment.Secret);
        await RequireFailure(address, $"turn {transport}", Text($"nothing listens on {transport.ToUpperInvariant()} port {port}"), "relay.listeners");
    }

    [Fact]
    public async Task A_port_that_speaks_no_TLS_is_named_as_the_cause()
    {
        // The relay's own port for plain TCP.
        var address = await environment.SignallingFor(environment.TurnUrl.Replace("turn:", "turns:", StringComparison.Ordinal).Replace("udp", "tcp", StringComparison.Ordinal), environment.Secret);
        await RequireFailure(address, "turns tcp", "the TLS handshake failed", "certificate");
    }

    [Fact]
    public async Task A_relay_over_TLS_passes_when_its_certificate_is_trusted_and_fails_when_it_is_not()
    {
        var made = SelfMadeCertificate.Ensure(_folder.Path, "127.0.0.1", TimeProvider.System);
        var address = await environment.SignallingFor(await environment.RelayOverTls(new(made.ChainFile, made.KeyFile)), environment.Secret);

        await RequireFailure(address, "turns tcp", "the TLS handshake failed: the certificate's name, chain or date", "--trust");

        var row = (await Check(address, Trust.File(new(made.ChainFile)))).Results.Single(result => result.Name == "turns tcp");
        Assert.Equal(CheckOutcome.Passed, row.Outcome);
        Assert.True(row.BytesRelayed > 0);
    }

    [Fact]
    public async Task A_relay_whose_certificate_is_another_hosts_is_named_as_the_cause()
    {
        // Trusted, and for 127.0.0.1; the relay is reached by another address.
        var made = SelfMadeCertificate.Ensure(_folder.Path, "127.0.0.1", TimeProvider.System);
        var address = await environment.SignallingFor(await environment.RelayOverTls(new(made.ChainFile, made.KeyFile), "127.0.0.2"), environment.Secret);
        await RequireFailure(address, "turns tcp", "the TLS handshake failed: the certificate's name, chain or date", "certificate", Trust.File(new(made.ChainFile)));
    }

    [Fact]
    public async Task A_port_that_swallows_what_it_gets_is_named_as_the_cause()
    {
        // Like a firewall that drops: nothing ever comes back, no ICMP either.
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)silent.Client.LocalEndPoint!).Port;
        var address = await environment.SignallingFor(Text($"turn:127.0.0.1:{port}?transport=udp"), environment.Secret);
        await RequireFailure(address, "turn udp", Text($"UDP port {port} doesn't answer"), Text($"open UDP port {port}"));
    }

    [Fact]
    public async Task What_depends_on_a_failure_is_not_tried()
    {
        var port = FreePorts.Take();
        var check = await Check(Text($"http://127.0.0.1:{port}"));

        Assert.False(check.Passed);
        Assert.Equal("nothing answers on the page's port", check.Results.Single(row => row.Name == "health").Diagnosis!.Cause);
        Assert.Equal(CheckOutcome.Skipped, check.Results.Single(row => row.Name == "turn").Outcome);
    }

    [Fact]
    public async Task An_address_without_a_scheme_that_speaks_plain_HTTP_is_told_with_the_URL_to_check_instead()
    {
        var target = new Uri(environment.Address).Authority;
        var check = await Check(target);

        var certificate = check.Results.Single(row => row.Name == "certificate");
        Assert.Equal(CheckOutcome.Failed, certificate.Outcome);
        Assert.StartsWith($"check http://{target} instead", certificate.Diagnosis!.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_over_HTTPS_that_is_asked_for_over_HTTP_is_told_with_the_URL_to_check_instead()
    {
        var made = SelfMadeCertificate.Ensure(_folder.Path, "127.0.0.1", TimeProvider.System);
        var relay = await environment.RelayOverTls(new(made.ChainFile, made.KeyFile));
        var target = Text($"127.0.0.1:{new Uri(relay.Replace("turns:", "http://", StringComparison.Ordinal)).Port}");
        var check = await Check($"http://{target}");

        var health = check.Results.Single(row => row.Name == "health");
        Assert.StartsWith($"if the page uses HTTPS, check https://{target} instead", health.Diagnosis!.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_fails_in_the_first_row()
    {
        // No name ends in .invalid (RFC 6761 §6.4), on the internet or without it.
        var check = await Check("https://causeway.invalid");
        Assert.Equal(("dns", CheckOutcome.Failed), (check.Results[0].Name, check.Results[0].Outcome));
        Assert.All(check.Results.Skip(1), row => Assert.Equal(CheckOutcome.Skipped, row.Outcome));
    }

    [Fact]
    public async Task Another_service_on_the_port_is_named_as_the_cause()
    {
        // A page server that knows neither /healthz nor WebSockets.
        using var listener = new HttpListener();
        var port = FreePorts.Take();
        listener.Prefixes.Add(Text($"http://127.0.0.1:{port}/"));
        listener.Start();
        var serving = Serve();

        var check = await Check(Text($"http://127.0.0.1:{port}"));
        listener.Stop();
        await serving;

        Assert.Equal("the server isn't Causeway's signalling", check.Results.Single(row => row.Name == "health").Diagnosis!.Cause);
        Assert.Equal(
            "a proxy doesn't forward WebSocket upgrades, or the server is another service", check.Results.Single(row => row.Name == "websocket").Diagnosis!.Cause);

        async Task Serve()
        {
            try
            {
                while (true)
                {
                    var context = await listener.GetContextAsync();
                    context.Response.StatusCode = 404;
                    context.Response.Close();
                }
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                // The listener was stopped.
            }
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    public async Task A_bare_address_with_a_certificate_of_its_own_making_is_checked_to_the_end_with_a_warning(string listener)
    {
        // For 127.0.0.1; an instance's holds no address at all, for it has none yet when it is made.
        var made = SelfMadeCertificate.Ensure(_folder.Path, "127.0.0.1", TimeProvider.System);
        var address = await environment.SignallingFor(environment.TurnUrl, environment.Secret, new(made.ChainFile, made.KeyFile), listener);

        var check = await Check(address);
        var row = check.Results.Single(result => result.Name == "certificate");
        Assert.Equal(CheckOutcome.Warning, row.Outcome);
        Assert.Contains(made.Fingerprint, row.Diagnosis!.Cause, StringComparison.Ordinal);
        Assert.Contains("89 days left", row.Detail, StringComparison.Ordinal);
        Assert.All(check.Results.Where(result => result != row), result => Assert.Equal(CheckOutcome.Passed, result.Outcome));
    }

    [Fact]
    public async Task A_certificate_that_signs_itself_fails_under_a_name_and_passes_when_its_file_is_trusted()
    {
        var made = SelfMadeCertificate.Ensure(_folder.Path, "127.0.0.1", TimeProvider.System);
        var address = await environment.SignallingFor(environment.TurnUrl, environment.Secret, new(made.ChainFile, made.KeyFile));

        await RequireFailure(address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "certificate", "the certificate's chain isn't trusted", "--trust");

        var trusting = await Check(address, Trust.File(new(made.ChainFile)));
        Assert.All(trusting.Results, result => Assert.Equal(CheckOutcome.Passed, result.Outcome));
    }

    [Theory]
    [InlineData(80, CheckOutcome.Warning)]
    [InlineData(91, CheckOutcome.Failed)]
    public async Task A_certificate_that_ends_soon_is_a_warning_and_one_that_ended_a_failure(int days, CheckOutcome outcome)
    {
        var made = SelfMadeCertificate.Ensure(_folder.Path, "127.0.0.1", TimeProvider.System);
        var address = await environment.SignallingFor(environment.TurnUrl, environment.Secret, new(made.ChainFile, made.KeyFile));
        var check = await Check(address, Trust.File(new(made.ChainFile)), new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(days)));
        Assert.Equal(outcome, check.Results.Single(row => row.Name == "certificate").Outcome);
    }

    [Fact]
    public async Task The_command_ends_with_0_and_prints_JSON_that_says_so()
    {
        await using var run = await Ops("check", environment.Address, "--json");
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(0, run.ExitCode);
        Assert.True(json.RootElement.GetProperty("passed").GetBoolean());
        Assert.True(json.RootElement.GetProperty("checks").EnumerateArray().Last().GetProperty("bytesRelayed").GetInt64() > 0);
    }

    [Fact]
    public async Task The_command_ends_with_1_and_prints_cause_and_mend_when_something_fails()
    {
        await using var run = await Ops("check", Text($"http://127.0.0.1:{FreePorts.Take()}"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("likely cause: nothing answers on the page's port", run.Output, StringComparison.Ordinal);
        Assert.Contains("fix:          check that signalling runs", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task On_a_terminal_the_table_grows_as_the_checks_are_made()
    {
        await using var run = Run.OnTerminal("dotnet", [Programs.Ops, "check", environment.Address], new Dictionary<string, string?> { ["TERM"] = "xterm", ["COLUMNS"] = "200" });
        await run.WaitForExit();
        Assert.Equal(0, run.ExitCode);
        // Drawn more than once, and each time over the one before it.
        Assert.True(run.Output.Split("websocket").Length > 2);
        Assert.Contains('\u001b', run.Output);
    }

    [Fact]
    public async Task An_address_that_is_none_is_one_line()
    {
        await using var run = await Ops("check", "ftp://example.org");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("ops: invalid address 'ftp://example.org'; pass a name such as call.example.org, or a URL such as http://127.0.0.1:8080\n", run.Errors);
    }

    private static async Task<CheckResult> RequireFailure(string address, string name, string cause, string fix, Trust? trust = null)
    {
        var check = await Check(address, trust);
        var row = check.Results.Single(result => result.Name == name);
        Assert.Equal(CheckOutcome.Failed, row.Outcome);
        Assert.StartsWith(cause, row.Diagnosis!.Cause, StringComparison.Ordinal);
        Assert.Contains(fix, row.Diagnosis.Fix, StringComparison.Ordinal);
        Assert.False(check.Passed);
        return row;
    }

    private static async Task<EnvironmentCheck> Check(string address, Trust? trust = null, TimeProvider? time = null)
    {
        var check = new EnvironmentCheck(CheckTarget.Parse(address), trust ?? Trust.System, time ?? TimeProvider.System);
        await check.RunAsync(() => { }, TestContext.Current.CancellationToken);
        return check;
    }

    private static Task<Run> Ops(params string[] arguments) => Run.ToEnd("dotnet", [Programs.Ops, .. arguments]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Causeway.Ops.Check;
using Causeway.Ops.Local;
using Microsoft.Extensions.Time.Testing;

namespace Causeway.Ops.Tests.Check;

/// <summary><c>ops check</c> against running services, some of them broken on purpose.</summary>
public sealed class EnvironmentCheckTests(RunningEnvironment environment) : IClassFixture<RunningEnvironment>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_working_environment_passes_with_relayed_bytes_and_a_round_trip()
    {
        var check = await Check(environment.Address);

        Assert.All(check.Results, row => Assert.Equal(CheckOutcome.Passed, row.Outcome));
        Assert.Equal(
            ["dns", "health", "relays", "websocket", "stun udp", "turn udp", "turn tcp"], check.Results.Select(row => row.Name));
        Assert.All(check.Results.Where(row => row.Name.StartsWith("turn", StringComparison.Ordinal)), row =>
        {
            Assert.True(row.BytesRelayed > 0);
            Assert.True(row.RoundTrip > TimeSpan.Zero);
        });
    }

    [Fact]
    public async Task The_diagnosis_names_a_secret_that_the_relay_does_not_have()
    {
        var address = await environment.SignallingFor(environment.TurnUrl, "another secret than the relay's");
        await RequireFailure(
            address, "turn udp", "the relay rejects the credential: signalling and relay have different secrets", "relay.secrets");
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task The_diagnosis_names_a_relay_that_does_not_run(string transport)
    {
        var port = FreePorts.Take();
        var address = await environment.SignallingFor(Text($"turn:127.0.0.1:{port}?transport={transport}"), environment.Secret);
        var cause = Text($"nothing listens on {transport.ToUpperInvariant()} port {port}");
        await RequireFailure(address, $"turn {transport}", cause, "relay.listeners");
    }

    [Fact]
    public async Task The_diagnosis_names_a_port_without_TLS()
    {
        // The relay's port for TCP without TLS.
        var url = environment.TurnUrl.Replace("turn:", "turns:", StringComparison.Ordinal).Replace("udp", "tcp", StringComparison.Ordinal);
        var address = await environment.SignallingFor(url, environment.Secret);
        await RequireFailure(address, "turns tcp", "the TLS handshake failed", "certificate");
    }

    [Fact]
    public async Task A_relay_over_TLS_passes_only_if_its_certificate_is_trusted()
    {
        var made = SelfMadeCertificate.Ensure(_folder.Path, "127.0.0.1", TimeProvider.System);
        var relay = await environment.RelayOverTls(new(made.ChainFile, made.KeyFile));
        var address = await environment.SignallingFor(relay, environment.Secret);

        await RequireFailure(address, "turns tcp", "the TLS handshake failed: the certificate's name, chain or date", "--trust");

        var row = (await Check(address, Trust.File(new(made.ChainFile)))).Results.Single(result => result.Name == "turns tcp");
        Assert.Equal(CheckOutcome.Passed, row.Outcome);
        Assert.True(row.BytesRelayed > 0);
    }

    [Fact]
    public async Task The_diagnosis_names_a_relay_with_the_certificate_of_another_host()
    {
        // The certificate is trusted, but for 127.0.0.1.
        var made = SelfMadeCertificate.Ensure(_folder.Path, "127.0.0.1", TimeProvider.System);
        var relay = await environment.RelayOverTls(new(made.ChainFile, made.KeyFile), "127.0.0.2");
        var address = await environment.SignallingFor(relay, environment.Secret);
        await RequireFailure(
            address, "turns tcp", "the TLS handshake failed: the certificate's name, chain or date", "certificate",
            Trust.File(new(made.ChainFile)));
    }

    [Fact]
    public async Task The_diagnosis_names_a_port_that_drops_packets()
    {
        // Like a firewall that drops packets: no response, and no ICMP.
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)silent.Client.LocalEndPoint!).Port;
        var address = await environment.SignallingFor(Text($"turn:127.0.0.1:{port}?transport=udp"), environment.Secret);
        await RequireFailure(address, "turn udp", Text($"UDP port {port} doesn't answer"), Text($"open UDP port {port}"));
    }

    [Fact]
    public async Task Checks_that_depend_on_a_failed_one_are_skipped()
    {
        var port = FreePorts.Take();
        var check = await Check(Text($"http://127.0.0.1:{port}"));

        Assert.False(check.Passed);
        Assert.Equal("nothing answers on the page's port", check.Results.Single(row => row.Name == "health").Diagnosis!.Cause);
        Assert.Equal(CheckOutcome.Skipped, check.Results.Single(row => row.Name == "turn").Outcome);
    }

    [Fact]
    public async Task The_fix_for_an_address_that_uses_HTTP_without_TLS_is_its_URL()
    {
        var target = new Uri(environment.Address).Authority;
        var check = await Check(target);

        var certificate = check.Results.Single(row => row.Name == "certificate");
        Assert.Equal(CheckOutcome.Failed, certificate.Outcome);
        Assert.StartsWith($"check http://{target} instead", certificate.Diagnosis!.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_fix_for_a_page_that_uses_HTTPS_instead_of_HTTP_is_its_URL()
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
    public async Task The_diagnosis_names_another_service_on_the_port()
    {
        // A web server with neither /healthz nor WebSockets.
        using var listener = new HttpListener();
        var port = FreePorts.Take();
        listener.Prefixes.Add(Text($"http://127.0.0.1:{port}/"));
        listener.Start();
        var serving = Serve();

        var check = await Check(Text($"http://127.0.0.1:{port}"));
        listener.Stop();
        await serving;

        var causes = check.Results.ToDictionary(row => row.Name, row => row.Diagnosis?.Cause);
        Assert.Equal("the server isn't Causeway's signalling", causes["health"]);
        Assert.Equal("a proxy doesn't forward WebSocket upgrades, or the server is another service", causes["websocket"]);

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
    public async Task A_self_signed_certificate_of_a_bare_address_is_a_warning(string listener)
    {
        // For 127.0.0.1. An instance's certificate contains no address, since the instance has none when it creates it.
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
    public async Task A_self_signed_certificate_of_a_name_passes_only_if_its_file_is_trusted()
    {
        var made = SelfMadeCertificate.Ensure(_folder.Path, "127.0.0.1", TimeProvider.System);
        var address = await environment.SignallingFor(environment.TurnUrl, environment.Secret, new(made.ChainFile, made.KeyFile));

        var byName = address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await RequireFailure(byName, "certificate", "the certificate's chain isn't trusted", "--trust");

        var trusting = await Check(address, Trust.File(new(made.ChainFile)));
        Assert.All(trusting.Results, result => Assert.Equal(CheckOutcome.Passed, result.Outcome));
    }

    [Theory]
    [InlineData(80, CheckOutcome.Warning)]
    [InlineData(91, CheckOutcome.Failed)]
    public async Task A_certificate_that_expires_soon_is_a_warning_and_an_expired_one_a_failure(int days, CheckOutcome outcome)
    {
        var made = SelfMadeCertificate.Ensure(_folder.Path, "127.0.0.1", TimeProvider.System);
        var address = await environment.SignallingFor(environment.TurnUrl, environment.Secret, new(made.ChainFile, made.KeyFile));
        var check = await Check(address, Trust.File(new(made.ChainFile)), new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(days)));
        Assert.Equal(outcome, check.Results.Single(row => row.Name == "certificate").Outcome);
    }

    [Fact]
    public async Task The_command_exits_with_0_and_JSON_when_all_checks_pass()
    {
        await using var run = await Ops("check", environment.Address, "--json");
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(0, run.ExitCode);
        Assert.True(json.RootElement.GetProperty("passed").GetBoolean());
        Assert.True(json.RootElement.GetProperty("checks").EnumerateArray().Last().GetProperty("bytesRelayed").GetInt64() > 0);
    }

    [Fact]
    public async Task The_command_exits_with_1_and_prints_cause_and_fix_when_a_check_fails()
    {
        await using var run = await Ops("check", Text($"http://127.0.0.1:{FreePorts.Take()}"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("likely cause: nothing answers on the page's port", run.Output, StringComparison.Ordinal);
        Assert.Contains("fix:          check that signalling runs", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task On_a_terminal_the_table_is_updated_during_the_checks()
    {
        var terminal = new Dictionary<string, string?> { ["TERM"] = "xterm", ["COLUMNS"] = "200" };
        await using var run = Run.OnTerminal("dotnet", [Programs.Ops, "check", environment.Address], terminal);
        await run.WaitForExit();
        Assert.Equal(0, run.ExitCode);
        // Drawn several times, in the same place.
        Assert.True(run.Output.Split("websocket").Length > 2);
        Assert.Contains('\u001b', run.Output);
    }

    [Fact]
    public async Task An_invalid_address_is_one_line()
    {
        await using var run = await Ops("check", "ftp://example.org");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            "ops: invalid address 'ftp://example.org'; pass a name such as call.example.org, or a URL such as http://127.0.0.1:8080\n",
            run.Errors);
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

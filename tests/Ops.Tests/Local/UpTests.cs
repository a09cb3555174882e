using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Formats;
using Causeway.Ops.Local;
using Causeway.Turn.Client;
using Causeway.Turn.Protocol;

namespace Causeway.Ops.Tests.Local;

/// <summary><c>script/up</c> from the command line. One class, because each run builds first.</summary>
public sealed partial class UpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_printed_addresses_and_credentials_work_and_Ctrl_C_stops_it_cleanly()
    {
        // A reserved port, which is still free after the stop.
        var port = FreePorts.Take();
        await using var up = Up("--port", port.ToString(CultureInfo.InvariantCulture), "--relay-port", "0");
        await up.WaitForOutput(text => text.Contains("Press Ctrl-C to stop.", StringComparison.Ordinal));

        var address = Address(up);
        Assert.Equal(port, address.Port);
        using var http = new HttpClient();
        using var health = await http.GetAsync(new Uri(address, "healthz"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        var page = await http.GetStringAsync(RoomLink(up), TestContext.Current.CancellationToken);
        Assert.StartsWith("<!doctype html>", page, StringComparison.OrdinalIgnoreCase);
        await RequireRelaying(up);

        await up.Signal("INT");
        await up.WaitForExit();

        Assert.Equal(0, up.ExitCode);
        Assert.DoesNotContain("   at ", up.Output + up.Errors, StringComparison.Ordinal);
        Assert.Equal("", Problems(up));
        FreePort.Require(IPAddress.Loopback, address.Port, ProtocolType.Tcp, "--port");
    }

    [Fact]
    public async Task The_local_network_is_served_over_HTTPS_with_the_printed_fingerprint()
    {
        Assert.SkipUnless(LanAddress.All().Any(), "this machine has no address in a local network");
        await using var up = Up("--lan", "--port", "0", "--relay-port", "0");
        await up.WaitForOutput(text => text.Contains("Press Ctrl-C to stop.", StringComparison.Ordinal));

        var shown = "";
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            shown = certificate!.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);
            return errors == SslPolicyErrors.RemoteCertificateChainErrors; // self-signed, but for the address
        };
        using var http = new HttpClient(handler);
        Assert.Equal("https", Address(up).Scheme);
        using var health = await http.GetAsync(new Uri(Address(up), "healthz"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Contains(shown, Separators().Replace(up.Output, ""), StringComparison.Ordinal);
        await RequireRelaying(up);
        Assert.Equal(RoomLink(up).AbsoluteUri, QrCodeTests.Read(QrCodeLines(up)));

        await up.Signal("TERM");
        await up.WaitForExit();
        Assert.Equal(0, up.ExitCode);
    }

    [Fact]
    public async Task A_page_port_in_use_is_one_line_with_the_fix()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await RequireLine(
            $"TCP port {port} of 127.0.0.1 is in use; stop the program that uses it (ss -lnp lists it), or pass --port",
            "--port", port, "--relay-port", "0");
    }

    [Fact]
    public async Task A_relay_port_in_use_is_one_line_with_the_fix()
    {
        using var taken = new UdpClient(new IPEndPoint(IPAddress.Loopback, FreePorts.Take()));
        var port = ((IPEndPoint)taken.Client.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        await RequireLine(
            $"UDP port {port} of 127.0.0.1 is in use; stop the program that uses it (ss -lnp lists it), or pass --relay-port",
            "--port", "0", "--relay-port", port);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_one_line_with_the_fix()
    {
        File.WriteAllText(_folder.At("file"), "");
        string[] options = ["--port", "0", "--relay-port", "0", "--out", _folder.At("file/below")];
        await using var up = Run.Start(Checkout.At("script", "up"), options);
        await up.WaitForExit();
        Assert.Equal(1, up.ExitCode);
        Assert.Matches(@"^script/up: can't write \S+/settings\.json \(.*\); own its folder, or pass another with --out\n$", Problems(up));
        Assert.Equal("", up.Output);
    }

    [Fact]
    public async Task A_checkout_of_another_user_is_one_line_with_the_fix()
    {
        Assert.SkipUnless(
            Environment.UserName == "root" && Run.Exists("setpriv"),
            "only root can run a program as another user, with setpriv (package util-linux)");
        await using var up = await Run.ToEnd("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Checkout.At("script", "up"));
        Assert.SkipWhen(up.ExitCode is 126 or 127, "other users can't read the checkout");
        Assert.Equal(1, up.ExitCode);
        const string Fix = @"run this from a checkout that you own, or own it: sudo chown -R \S+ \S+";
        Assert.Matches($@"^script/up: can't write to \S+/artifacts; {Fix}\n$", up.Errors);
    }

    [Fact]
    public Task Every_mistake_in_the_options_is_reported() =>
        RequireLine(
            "2 mistakes:\n  port: 99999 isn't a port; choose one from 1 to 65535\n"
            + "  relayPorts: 60000-50000 is empty; the last port must not be below the first",
            exitCode: 2, "--port", "99999", "--relay-ports", "60000-50000");

    [Fact]
    public Task A_wrong_range_of_ports_is_the_only_mistake_when_free_ports_are_selected() =>
        RequireLine(
            "relayPorts: 60000-50000 is empty; the last port must not be below the first",
            exitCode: 2, "--port", "0", "--relay-port", "0", "--relay-ports", "60000-50000");

    [Theory]
    [InlineData("--port", "eighty")]
    [InlineData("--relay-port", "3478x")]
    [InlineData("--relay-port", "-1")]
    public Task A_port_that_is_not_a_number_is_invalid(string option, string value) =>
        RequireLine($"{option}: invalid port '{value}'; pass 0 to 65535", exitCode: 2, option, value);

    [Fact]
    public Task An_invalid_room_name_is_rejected() =>
        RequireLine(
            "--room: invalid room name 'a b'; use 1 to 64 letters, digits, _ and -",
            exitCode: 2, "--room", "a b", "--port", "0", "--relay-port", "0");

    [Fact]
    public async Task A_misspelt_option_is_reported_with_a_suggestion()
    {
        await using var up = Up("--prot", "99");
        await up.WaitForExit();
        Assert.Equal(2, up.ExitCode);
        Assert.Equal("", up.Output);
        Assert.Contains("'--prot'", up.Errors, StringComparison.Ordinal);
        Assert.Contains("--port", up.Errors, StringComparison.Ordinal);
        Assert.EndsWith("See script/up --help\n", up.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_file_is_readable_only_by_its_owner()
    {
        string[] options = ["--port", "0", "--relay-port", "0", "--out", _folder.At("local")];
        await using var local = await Run.ToEnd("dotnet", [Programs.Ops, "local", .. options]);
        Assert.Equal("", local.Errors);
        Assert.Equal(_folder.At("local/settings.json"), local.Output.Trim());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.At("local/settings.json")));
    }

    [Fact]
    public async Task The_help_lists_every_option_and_needs_no_build()
    {
        // A checkout without build outputs, and a PATH without build tools.
        using var checkout = new TemporaryFolder();
        Directory.CreateDirectory(checkout.At("docs"));
        Directory.CreateDirectory(checkout.At("script"));
        foreach (var file in (string[])["script/up", "script/common.sh", "docs/up.txt"]) File.Copy(Checkout.At(file), checkout.At(file));
        var path = new Dictionary<string, string?> { ["PATH"] = "/usr/bin:/bin" };
        await using var help = Run.Start(checkout.At("script/up"), ["--lan", "--help"], path);
        await help.WaitForExit();

        Assert.Equal("", help.Errors);
        Assert.Equal(0, help.ExitCode);
        Assert.All(
            ["script/up", "--lan", "--port", "--relay-port", "--out"],
            word => Assert.Contains(word, help.Output, StringComparison.Ordinal));
        Assert.False(Directory.Exists(checkout.At("artifacts")));
    }

    [Fact]
    public async Task The_help_of_the_script_equals_that_of_the_program()
    {
        var environment = new Dictionary<string, string?> { ["CAUSEWAY_SCRIPT"] = "script/up" };
        await using var help = Run.Start("dotnet", [Programs.Ops, "--help"], environment);
        await help.WaitForExit();
        Generated.IsFresh("docs/up.txt", help.Output);
    }

    private Run Up(params string[] options) => Run.Start(Checkout.At("script", "up"), [.. options, "--out", _folder.At("local")]);

    // Lines of blocks, indented by two spaces.
    private static IEnumerable<string> QrCodeLines(Run up) => up.Output.Split('\n')
        .Where(line => line.Length > 2).Select(line => line[2..])
        .Where(line => line.All("\u2588\u2580\u2584 ".Contains));

    private Task RequireLine(string line, params string[] options) => RequireLine(line, exitCode: 1, options);

    private async Task RequireLine(string line, int exitCode, params string[] options)
    {
        await using var up = Up(options);
        await up.WaitForExit();
        Assert.Equal($"script/up: {line}\n", Problems(up));
        Assert.Equal("", up.Output);
        Assert.Equal(exitCode, up.ExitCode);
    }

    // The errors without the build's progress.
    private static string Problems(Run up) => BuildLines().Replace(up.Errors, "");

    private static Uri Address(Run up) => new(OpenLine().Match(up.Output).Groups["url"].Value);

    private static Uri RoomLink(Run up) => new(RoomLine().Match(up.Output).Groups["url"].Value);

    // Every printed URL relays with the printed credential.
    private static async Task RequireRelaying(Run up)
    {
        var json = up.Output[up.Output.IndexOf("[\n", StringComparison.Ordinal)..(up.Output.LastIndexOf(']') + 1)];
        var servers = JsonSerializer.Deserialize<IceServer[]>(json, JsonFormat.Settings)!
            .Where(server => server.Credential is not null).ToList();
        Assert.NotEmpty(servers);
        foreach (var (server, text) in servers.SelectMany(server => server.Urls.Select(url => (server, url))))
        {
            Assert.True(IceUrl.TryParse(text, out var url), text);
            var credentials = new Credentials(server.Username!, server.Credential!);
            var result = await RelayProbe.RunAsync(
                url, IPAddress.Parse(url.Host), credentials, configure: null, TestContext.Current.CancellationToken);
            Assert.True(result.BytesRelayed > 0);
        }
    }

    [GeneratedRegex(@"^  Open\s+(?<url>\S+)$", RegexOptions.Multiline)]
    private static partial Regex OpenLine();

    [GeneratedRegex(@"^  Room link\s+(?<url>\S+)", RegexOptions.Multiline)]
    private static partial Regex RoomLine();

    [GeneratedRegex(@"^(Building.*|  Restoring packages|  \d+: \S+)\n", RegexOptions.Multiline)]
    private static partial Regex BuildLines();

    [GeneratedRegex(@"[:\s]")]
    private static partial Regex Separators();
}

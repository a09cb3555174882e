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

/// <summary><c>script/up</c> as a person runs it. One class, because each run builds first.</summary>
public sealed partial class UpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_it_prints_is_true_and_Ctrl_C_ends_it_cleanly()
    {
        // A port that nobody else takes in the moment in which it is free again.
        var port = FreePorts.Take();
        await using var up = Up("--port", port.ToString(CultureInfo.InvariantCulture), "--relay-port", "0");
        await up.WaitForOutput(text => text.Contains("Press Ctrl-C to stop.", StringComparison.Ordinal));

        var address = Address(up);
        Assert.Equal(port, address.Port);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(address, "healthz"), TestContext.Current.CancellationToken)).StatusCode);
        Assert.StartsWith("<!doctype html>", await http.GetStringAsync(RoomLink(up), TestContext.Current.CancellationToken), StringComparison.OrdinalIgnoreCase);
        await RequireRelaying(up);

        await up.Signal("INT");
        await up.WaitForExit();

        Assert.Equal(0, up.ExitCode);
        Assert.DoesNotContain("   at ", up.Output + up.Errors, StringComparison.Ordinal);
        Assert.Equal("", Problems(up));
        FreePort.Require(IPAddress.Loopback, address.Port, ProtocolType.Tcp, "--port");
    }

    [Fact]
    public async Task The_local_network_is_served_over_HTTPS_with_the_certificate_whose_fingerprint_is_printed()
    {
        Assert.SkipUnless(LanAddress.All().Any(), "this machine has no address in a local network");
        await using var up = Up("--lan", "--port", "0", "--relay-port", "0");
        await up.WaitForOutput(text => text.Contains("Press Ctrl-C to stop.", StringComparison.Ordinal));

        var shown = "";
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            shown = certificate!.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);
            return errors == SslPolicyErrors.RemoteCertificateChainErrors; // it signs itself, but names the address
        };
        using var http = new HttpClient(handler);
        Assert.Equal("https", Address(up).Scheme);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri(Address(up), "healthz"), TestContext.Current.CancellationToken)).StatusCode);
        Assert.Contains(shown, Separators().Replace(up.Output, ""), StringComparison.Ordinal);
        await RequireRelaying(up);
        Assert.Equal(RoomLink(up).AbsoluteUri, QrCodeTests.Read(up.Output.Split('\n').Where(line => line.Length > 2 && line[2..].All("\u2588\u2580\u2584 ".Contains)).Select(line => line[2..])));

        await up.Signal("TERM");
        await up.WaitForExit();
        Assert.Equal(0, up.ExitCode);
    }

    [Fact]
    public async Task A_page_port_in_use_is_one_line_that_says_what_to_do()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await RequireLine($"TCP port {port} of 127.0.0.1 is in use; stop the program that uses it (ss -lnp lists it), or pass --port", "--port", port, "--relay-port", "0");
    }

    [Fact]
    public async Task A_relay_port_in_use_is_one_line_that_says_what_to_do()
    {
        using var taken = new UdpClient(new IPEndPoint(IPAddress.Loopback, FreePorts.Take()));
        var port = ((IPEndPoint)taken.Client.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        await RequireLine($"UDP port {port} of 127.0.0.1 is in use; stop the program that uses it (ss -lnp lists it), or pass --relay-port", "--port", "0", "--relay-port", port);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_one_line_that_says_what_to_do()
    {
        File.WriteAllText(_folder.At("file"), "");
        await using var up = Run.Start(Checkout.At("script", "up"), ["--port", "0", "--relay-port", "0", "--out", _folder.At("file/below")]);
        await up.WaitForExit();
        Assert.Equal(1, up.ExitCode);
        Assert.Matches(@"^script/up: can't write \S+/settings\.json \(.*\); own its folder, or pass another with --out\n$", Problems(up));
        Assert.Equal("", up.Output);
    }

    [Fact]
    public async Task A_checkout_of_somebody_else_is_one_line_that_says_what_to_do()
    {
        Assert.SkipUnless(Environment.UserName == "root" && Run.Exists("setpriv"), "only root can become somebody else, with setpriv (package util-linux)");
        await using var up = await Run.ToEnd("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Checkout.At("script", "up"));
        Assert.SkipWhen(up.ExitCode is 126 or 127, "the checkout stands where other users cannot even read it");
        Assert.Equal(1, up.ExitCode);
        const string Fix = @"run this from a checkout that you own, or own it: sudo chown -R \S+ \S+";
        Assert.Matches($@"^script/up: can't write to \S+/artifacts; {Fix}\n$", up.Errors);
    }

    [Fact]
    public Task Every_mistake_in_the_options_is_reported() =>
        RequireLine(
            "2 mistakes:\n  port: 99999 isn't a port; choose one from 1 to 65535\n  relayPorts: 60000-50000 is empty; the last port must not be below the first",
            exitCode: 2, "--port", "99999", "--relay-ports", "60000-50000");

    [Fact]
    public Task A_wrong_range_of_ports_is_the_only_mistake_when_free_ports_are_selected() =>
        RequireLine("relayPorts: 60000-50000 is empty; the last port must not be below the first", exitCode: 2, "--port", "0", "--relay-port", "0", "--relay-ports", "60000-50000");

    [Theory]
    [InlineData("--port", "eighty")]
    [InlineData("--relay-port", "3478x")]
    [InlineData("--relay-port", "-1")]
    public Task A_port_that_is_not_a_number_is_invalid(string option, string value) =>
        RequireLine($"{option}: invalid port '{value}'; pass 0 to 65535", exitCode: 2, option, value);

    [Fact]
    public Task A_room_whose_link_could_not_be_opened_is_refused() =>
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
    public async Task The_settings_file_is_readable_by_its_owner_alone()
    {
        await using var local = await Run.ToEnd("dotnet", Programs.Ops, "local", "--port", "0", "--relay-port", "0", "--out", _folder.At("local"));
        Assert.Equal("", local.Errors);
        Assert.Equal(_folder.At("local/settings.json"), local.Output.Trim());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.At("local/settings.json")));
    }

    [Fact]
    public async Task Help_names_every_option_and_takes_no_build()
    {
        // A checkout in which nothing was built, and a PATH that could build nothing.
        using var checkout = new TemporaryFolder();
        Directory.CreateDirectory(checkout.At("docs"));
        Directory.CreateDirectory(checkout.At("script"));
        foreach (var file in (string[])["script/up", "script/common.sh", "docs/up.txt"]) File.Copy(Checkout.At(file), checkout.At(file));
        await using var help = Run.Start(checkout.At("script/up"), ["--lan", "--help"], new Dictionary<string, string?> { ["PATH"] = "/usr/bin:/bin" });
        await help.WaitForExit();

        Assert.Equal("", help.Errors);
        Assert.Equal(0, help.ExitCode);
        Assert.All(["script/up", "--lan", "--port", "--relay-port", "--out"], word => Assert.Contains(word, help.Output, StringComparison.Ordinal));
        Assert.False(Directory.Exists(checkout.At("artifacts")));
    }

    [Fact]
    public async Task The_help_of_the_script_is_that_of_the_program()
    {
        await using var help = Run.Start("dotnet", [Programs.Ops, "--help"], new Dictionary<string, string?> { ["CAUSEWAY_SCRIPT"] = "script/up" });
        await help.WaitForExit();
        Generated.IsFresh("docs/up.txt", help.Output);
    }

    private Run Up(params string[] options) => Run.Start(Checkout.At("script", "up"), [.. options, "--out", _folder.At("local")]);

    private Task RequireLine(string line, params string[] options) => RequireLine(line, exitCode: 1, options);

    private async Task RequireLine(string line, int exitCode, params string[] options)
    {
        await using var up = Up(options);
        await up.WaitForExit();
        Assert.Equal($"script/up: {line}\n", Problems(up));
        Assert.Equal("", up.Output);
        Assert.Equal(exitCode, up.ExitCode);
    }

    // What it says on standard error besides that it builds, which it does when a source is newer than the last time.
    private static string Problems(Run up) => BuildLines().Replace(up.Errors, "");

    private static Uri Address(Run up) => new(OpenLine().Match(up.Output).Groups["url"].Value);

    private static Uri RoomLink(Run up) => new(RoomLine().Match(up.Output).Groups["url"].Value);

    // Every URL that is printed relays with the credential that is printed.
    private static async Task RequireRelaying(Run up)
    {
        var json = up.Output[up.Output.IndexOf("[\n", StringComparison.Ordinal)..(up.Output.LastIndexOf(']') + 1)];
        var servers = JsonSerializer.Deserialize<IceServer[]>(json, JsonFormat.Settings)!.Where(server => server.Credential is not null).ToList();
        Assert.NotEmpty(servers);
        foreach (var (server, text) in servers.SelectMany(server => server.Urls.Select(url => (server, url))))
        {
            Assert.True(IceUrl.TryParse(text, out var url), text);
            var result = await RelayProbe.RunAsync(
                url, IPAddress.Parse(url.Host), new Credentials(server.Username!, server.Credential!), configure: null, TestContext.Current.CancellationToken);
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

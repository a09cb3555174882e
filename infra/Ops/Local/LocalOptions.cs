using System.CommandLine;
using System.Globalization;
using Causeway.Blueprint.Local;
using Causeway.Blueprint.Ports;

namespace Causeway.Ops.Local;

/// <summary>What a person may say about the environment on this machine, on the command line.</summary>
internal sealed class LocalOptions
{
    private static readonly LocalSettings Defaults = new();

    private readonly Option<bool> _lan = new("--lan")
    {
        Description = "Serve the other devices of the local network, over HTTPS with a certificate made on the spot.",
    };

    private readonly Option<string?> _address = new("--address")
    {
        Description = $"The address of this machine that browsers open. Default: {Defaults.Address}; with --lan, the one that the default route uses.",
    };

    private readonly Option<int?> _port = Port("--port",
        $"The port of the web page; 0 takes a free one. Default: {LocalSettings.DefaultPort}; with --lan, {LocalSettings.DefaultLanPort}.");

    private readonly Option<int?> _relayPort = Port("--relay-port", $"The port of the relay; 0 takes a free one. Default: {Defaults.RelayPort}.");

    private readonly Option<string> _relayPorts = new("--relay-ports")
    {
        Description = "The UDP ports that the relay opens for calls, first and last.",
        DefaultValueFactory = _ => Defaults.RelayPorts,
    };

    private readonly Option<DirectoryInfo> _out = new("--out")
    {
        Description = "The folder for settings and certificate; they hold secrets and are readable by you alone.",
        DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("var", "local")),
    };

    public IEnumerable<Option> All => [_lan, _address, _port, _relayPort, _relayPorts, _out];

    /// <summary>Reads what was said, with free ports chosen and, for the local network, the certificate made.</summary>
    /// <exception cref="OpsException">There is no such address, no free port, or the folder cannot be written.</exception>
    public LocalChoice Read(ParseResult line)
    {
        var lan = line.GetValue(_lan);
        var address = line.GetValue(_address) ?? (lan ? LanAddress.Find().ToString() : Defaults.Address);
        var folder = line.GetValue(_out)!.FullName;
        var relayPorts = line.GetValue(_relayPorts)!;
        var (port, relayPort) = (line.GetValue(_port), line.GetValue(_relayPort));
        if (port is 0) port = FreePort.Take(address, relayPorts);
        if (relayPort is 0) relayPort = FreePort.Take(address, relayPorts);
        var certificate = lan ? SelfMadeCertificate.Ensure(Path.Combine(folder, "tls"), address, TimeProvider.System) : null;

        return new(folder, certificate, new()
        {
            Lan = lan,
            Address = address,
            Port = port,
            RelayPort = relayPort ?? Defaults.RelayPort,
            RelayPorts = relayPorts,
            Transports = [Transport.Udp, Transport.Tcp],
            CertificateFile = certificate?.ChainFile,
            CertificateKeyFile = certificate?.KeyFile,
        });
    }

    // The parser's own message names a type of .NET; ports beyond 65535 are the plan's to refuse, together with everything else.
    private static Option<int?> Port(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "PORT",
        CustomParser = result => int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : throw new OpsException($"{name}: '{result.Tokens[0].Value}' is not a port; write 0 to 65535", OpsException.Wrong),
    };
}

/// <summary>What was chosen for a local run.</summary>
/// <param name="Folder">Where its files are kept.</param>
/// <param name="Certificate">The certificate, when the local network is served.</param>
/// <param name="Settings">What the plan is made of.</param>
internal sealed record LocalChoice(string Folder, SelfMadeCertificate? Certificate, LocalSettings Settings);

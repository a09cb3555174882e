using System.CommandLine;
using System.Globalization;
using Causeway.Blueprint.Local;
using Causeway.Blueprint.Ports;

namespace Causeway.Ops.Local;

/// <summary>The options of a local run.</summary>
internal sealed class LocalOptions
{
    private static readonly LocalSettings Defaults = new();

    private readonly Option<bool> _lan = new("--lan")
    {
        Description = "Serve the local network over HTTPS with a self-signed certificate.",
    };

    private readonly Option<string?> _address = new("--address")
    {
        Description = $"The address that browsers open. Defaults to {Defaults.Address}; with --lan, to that of the default route.",
    };

    private readonly Option<int?> _port = Port("--port",
        "The port of the page; 0 selects a free one. "
        + $"Defaults to {LocalSettings.DefaultPort}; with --lan, to {LocalSettings.DefaultLanPort}.");

    private readonly Option<int?> _relayPort = Port("--relay-port",
        $"The port of the relay; 0 selects a free one. Defaults to {Defaults.RelayPort}.");

    private readonly Option<string> _relayPorts = new("--relay-ports")
    {
        Description = "The range of UDP ports for relayed media.",
        DefaultValueFactory = _ => Defaults.RelayPorts,
    };

    private readonly Option<DirectoryInfo> _out = new("--out")
    {
        Description = "The folder for settings and certificate, which only you can read.",
        DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("var", "local")),
    };

    public IEnumerable<Option> All => [_lan, _address, _port, _relayPort, _relayPorts, _out];

    /// <summary>Reads the options, selects free ports and, for the local network, creates the certificate.</summary>
    /// <exception cref="OpsException">The address is unknown, no port is free, or the folder can't be written.</exception>
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

    // The parser's own message names a .NET type. The plan rejects ports over 65535, together with all other mistakes.
    private static Option<int?> Port(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "PORT",
        CustomParser = result => int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : throw new OpsException($"{name}: invalid port '{result.Tokens[0].Value}'; pass 0 to 65535", OpsException.Wrong),
    };
}

/// <summary>The choices for a local run.</summary>
/// <param name="Folder">The folder for its files.</param>
/// <param name="Certificate">The certificate, if the local network is served.</param>
/// <param name="Settings">The settings of the plan.</param>
internal sealed record LocalChoice(string Folder, SelfMadeCertificate? Certificate, LocalSettings Settings);

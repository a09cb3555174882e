using System.Net;
using System.Net.Sockets;
using Causeway.Ops.Local;

namespace Causeway.Ops.Tests.Local;

public class FreePortTests
{
    [Theory]
    [InlineData(ProtocolType.Udp, SocketType.Dgram)]
    [InlineData(ProtocolType.Tcp, SocketType.Stream)]
    public void A_port_in_use_is_one_line_with_the_fix(ProtocolType protocol, SocketType type)
    {
        using var taken = new Socket(AddressFamily.InterNetwork, type, protocol);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (type == SocketType.Stream) taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        var trouble = Assert.Throws<OpsException>(() => FreePort.Require(IPAddress.Loopback, port, protocol, "--relay-port"));

        Assert.Equal(
            $"{protocol.ToString().ToUpperInvariant()} port {port} of 127.0.0.1 is in use; "
            + "stop the program that uses it (ss -lnp lists it), or pass --relay-port",
            trouble.Message);
    }

    [Fact]
    public void An_address_of_another_machine_is_rejected()
    {
        var trouble = Assert.Throws<OpsException>(() => FreePort.Require(IPAddress.Parse("192.0.2.1"), 8080, ProtocolType.Tcp, "--port"));
        Assert.Equal("192.0.2.1 isn't an address of this machine (ip addr lists them); pass another with --address", trouble.Message);
    }

    [Fact]
    public void A_free_port_is_outside_the_relays_range() =>
        Assert.All(Enumerable.Range(0, 50), _ => Assert.NotInRange(FreePort.Take("127.0.0.1", "32768-65535")!.Value, 32768, 65535));
}

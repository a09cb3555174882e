using System.Globalization;
using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

/// <summary>What became of one call.</summary>
/// <param name="LeftPath">The path of the media, as the left side's page shows it: <c>direct</c>, <c>relay-udp</c>, ...; null when the two
/// were not connected.</param>
/// <param name="RightPath">The same of the right side.</param>
/// <param name="FirstFrame">From the second one's joining until both saw each other.</param>
/// <param name="Frames">Frames that each side decoded in three seconds; the smaller number.</param>
public sealed record CallResult(string? LeftPath, string? RightPath, TimeSpan FirstFrame, int Frames)
{
    /// <summary>Two that were not connected.</summary>
    public static CallResult NotConnected { get; } = new(null, null, default, 0);

    /// <summary>Whether there was a call.</summary>
    public bool IsConnected => LeftPath is not null;

    /// <summary>Whether media takes no relay.</summary>
    public bool IsDirect => LeftPath == "direct" && RightPath == "direct";

    /// <summary>What is wrong with the path, given the networks; null when it is the one that is due.</summary>
    public string? WrongPath(Pair pair)
    {
        if (pair.CanBeDirect) return IsDirect ? null : $"a direct path exists, and the call took {this}";
        if (IsDirect) return "no direct path exists, but the page shows one";
        return WrongTransport(pair.Left, LeftPath!) ?? WrongTransport(pair.Right, RightPath!);
    }

    // Whom a firewall leaves one way out takes this one. Where UDP is open a side may be reached at its own address by the other side's
    // relay.
    private static string? WrongTransport(Access access, string path)
    {
        var due = access.Firewall switch { Firewall.NoUdp => "relay-tcp", Firewall.Only443 => "relay-tls", _ => null };
        return due is null ? path is "relay-udp" or "relay-remote" ? null : $"behind {access} UDP is open, and the call took {path}"
            : path == due ? null : $"behind {access} the call should take {due}, and took {path}";
    }

    /// <summary>The path in words.</summary>
    public string Path => !IsConnected ? "no connection" : IsDirect ? "direct" : $"relayed ({Words(LeftPath!)} – {Words(RightPath!)})";

    /// <inheritdoc/>
    public override string ToString() => IsConnected
        ? string.Create(CultureInfo.InvariantCulture, $"{Path}, first frame after {FirstFrame.TotalSeconds:F1} s, {Frames} frames in 3 s")
        : Path;

    private static string Words(string path) => path switch
    {
        "relay-udp" => "UDP",
        "relay-tcp" => "TCP",
        "relay-tls" => "TLS",
        "relay-remote" => "the other's relay",
        _ => path,
    };
}

namespace Causeway.Blueprint.Settings;

/// <summary>An output of the stack.</summary>
/// <param name="Name">Its name: <c>pulumi stack output NAME</c>.</param>
/// <param name="Meaning">What it is.</param>
/// <param name="Secret">Whether it is shown only with <c>--show-secrets</c>.</param>
public sealed record OutputPlan(string Name, string Meaning, bool Secret = false)
{
    /// <summary>The address to open.</summary>
    public static readonly OutputPlan Address = new("address", "The address to open in a browser.");

    public static readonly OutputPlan IceServers = new("iceServers", "STUN and TURN servers with a credential, as the JSON that RTCPeerConnection takes. It ends with the rotation.", Secret: true);

    public static readonly OutputPlan Addresses = new("addresses", "The public addresses by service, for firewalls that must let them through.");

    public static readonly OutputPlan Generation = new("generation", "The hash of what runs.");

    public static readonly OutputPlan Cost = new("cost", "What it costs in a month, and for each relayed gigabyte.");

    /// <summary>The command that checks it.</summary>
    public static readonly OutputPlan Check = new("check", "The command that tests it from where you are.");

    public static IReadOnlyList<OutputPlan> All { get; } = [Address, IceServers, Addresses, Generation, Cost, Check];
}

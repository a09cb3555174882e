namespace Causeway.Blueprint.Settings;

/// <summary>An output of the stack: <c>pulumi stack output NAME</c>.</summary>
/// <param name="Secret">Whether it is shown only with <c>--show-secrets</c>.</param>
public sealed record OutputPlan(string Name, string Meaning, bool Secret = false)
{
    public static readonly OutputPlan Address = new("address", "The address to open in a browser.");

    public static readonly OutputPlan IceServers = new("iceServers",
        "The STUN and TURN servers with a credential, as JSON for RTCPeerConnection. The credential ends when the next rotation is due.",
        Secret: true);

    public static readonly OutputPlan Addresses = new("addresses", "The public addresses by service, for firewalls that must allow them.");
    public static readonly OutputPlan Generation = new("generation", "The hash of what runs.");
    public static readonly OutputPlan Cost = new("cost", "The cost in a month, and of each relayed gigabyte.");
    public static readonly OutputPlan Check = new("check", "The command that tests it from your machine.");
    public static IReadOnlyList<OutputPlan> All { get; } = [Address, IceServers, Addresses, Generation, Cost, Check];
}

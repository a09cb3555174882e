namespace Causeway.Signalling.Ice;

/// <summary>The STUN and TURN servers that clients get.</summary>
internal static class IceExtensions
{
    public static void AddIce(this IServiceCollection services) => services.AddSingleton<IceServers>();
}

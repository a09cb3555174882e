namespace Causeway.Lab.Machine;

/// <summary>
/// The services' programs: those published for a deployment where <c>CAUSEWAY_LAB_PROGRAMS</c> names their folder, as <c>script/lab
/// reach</c> does; else those just built.
/// </summary>
internal static class Services
{
    /// <summary>The program of a service, <c>relay</c> or <c>signalling</c>.</summary>
    public static string Program(string service) => Environment.GetEnvironmentVariable("CAUSEWAY_LAB_PROGRAMS") is { Length: > 0 } published
        ? Path.Combine(published, service, $"causeway-{service}")
        : Programs.Executable(service);
}

namespace Causeway.Lab.Machine;

/// <summary>The services' programs: those published for a deployment where <c>CAUSEWAY_LAB_PROGRAMS</c> names their folder (<c>script/lab reach</c> does), else those just built.</summary>
internal static class Programs
{
    /// <summary>The program of a service, <c>relay</c> or <c>signalling</c>.</summary>
    public static string Of(string service)
    {
        var program = $"causeway-{service}";
        return Environment.GetEnvironmentVariable("CAUSEWAY_LAB_PROGRAMS") is { Length: > 0 } published
            ? Path.Combine(published, service, program)
            : Repository.Program(service == "relay" ? "Causeway.Relay" : "Causeway.Signalling", program);
    }
}

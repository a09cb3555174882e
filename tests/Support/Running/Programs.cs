namespace Causeway.Tests.Support.Running;

/// <summary>The programs as they were built, each in its own folder: a copy beside the tests lacks what only the program needs.</summary>
public static class Programs
{
    // Of the same configuration as these tests: artifacts/bin/PROJECT/CONFIGURATION/.
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;

    public static string Ops { get; } = Checkout.At("artifacts", "bin", "Causeway.Ops", Configuration, "causeway-ops.dll");

    public static string Relay { get; } = Checkout.At("artifacts", "bin", "Causeway.Relay", Configuration, "causeway-relay.dll");

    public static string Signalling { get; } = Checkout.At("artifacts", "bin", "Causeway.Signalling", Configuration, "causeway-signalling.dll");
}

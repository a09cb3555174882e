namespace Causeway.Relay.Tests;

/// <summary>What keeps a test that waits for a packet from waiting for ever.</summary>
internal static class Deadline
{
    public static CancellationToken Token => CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken, new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token).Token;
}

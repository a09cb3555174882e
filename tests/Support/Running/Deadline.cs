using Xunit;

namespace Causeway.Tests.Support.Running;

/// <summary>Keeps a test that waits for a packet from waiting forever.</summary>
public static class Deadline
{
    public static CancellationToken Token
    {
        get
        {
            var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            late.CancelAfter(TimeSpan.FromSeconds(60));
            return late.Token;
        }
    }
}

using Causeway.Ops.Account;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Lifetime;

/// <summary>An account that is looked at with the sweep's own finder, one time; nothing is removed.</summary>
internal sealed class AccountLook : IDisposable
{
    private readonly AccountSweepers _sweepers;

    private AccountLook(AwsSession session, SweepCalls calls, IReadOnlyList<string> regions) =>
        (Session, Calls, _sweepers) = (session, calls, new(session, calls, regions));

    /// <summary>The account.</summary>
    public AwsSession Session { get; }

    /// <summary>The pace of requests to it.</summary>
    public SweepCalls Calls { get; }

    /// <summary>Finds credentials and asks whose they are.</summary>
    /// <exception cref="NotAskedException">There are none, or they are of an account that the settings exclude.</exception>
    public static async Task<AccountLook> OpenAsync(AccountChoice choice, TimeProvider time, CancellationToken cancellation)
    {
        var session = await choice.OpenAsync(cancellation);
        return new(session, new(choice.Timeout, new(), time, new Random()), choice.Regions);
    }

    /// <summary>Finds every stack, without DNS records: those have no tags.</summary>
    public Task<FoundAccount> FindAsync(CancellationToken cancellation) => _sweepers.FindAsync(_ => false, _ => null, cancellation);

    /// <inheritdoc />
    public void Dispose()
    {
        _sweepers.Dispose();
        Calls.Dispose();
        Session.Dispose();
    }
}

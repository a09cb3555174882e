using Causeway.Ops.Account;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Lifetime;

/// <summary>A read-only search of an account with the sweep's finder.</summary>
internal sealed class AccountLook : IDisposable
{
    private readonly AccountSweepers _sweepers;

    private AccountLook(AwsSession session, SweepCalls calls, IReadOnlyList<string> regions) =>
        (Session, Calls, _sweepers) = (session, calls, new(session, calls, regions));

    public AwsSession Session { get; }

    public SweepCalls Calls { get; }

    /// <summary>Opens a session.</summary>
    /// <exception cref="NotAskedException">
    /// No credentials were found, or they belong to an account that the settings exclude.
    /// </exception>
    public static async Task<AccountLook> OpenAsync(AccountChoice choice, TimeProvider time, CancellationToken cancellation)
    {
        var session = await choice.OpenAsync(cancellation);
        return new(session, new(choice.Timeout, new(), time, new Random()), choice.Regions);
    }

    /// <summary>Finds all stacks, without their DNS records, which have no tags.</summary>
    public Task<FoundAccount> FindAsync(CancellationToken cancellation) => _sweepers.FindAsync(_ => false, _ => null, cancellation);

    public void Dispose()
    {
        _sweepers.Dispose();
        Calls.Dispose();
        Session.Dispose();
    }
}

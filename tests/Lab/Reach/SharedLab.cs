namespace Causeway.Lab.Reach;

/// <summary>
/// The networks and the deployment that tests share; made by the first of them, so that it is a test that is skipped where they cannot be.
/// </summary>
public sealed class SharedLab : IAsyncDisposable
{
    /// <summary>The collection of the tests that share it.</summary>
    public const string Name = "reach";

    private Task<ReachLab>? _lab;

    internal Task<ReachLab> WithRelayAsync() => _lab is null or { IsFaulted: true } ? _lab = ReachLab.StartAsync(Step.Relay) : _lab;

    public async ValueTask DisposeAsync()
    {
        if (_lab is { IsCompletedSuccessfully: true }) await (await _lab).DisposeAsync();
    }
}

/// <summary>The tests that share <see cref="SharedLab"/>.</summary>
[CollectionDefinition(SharedLab.Name)]
public sealed class SharedLabTests : ICollectionFixture<SharedLab>;

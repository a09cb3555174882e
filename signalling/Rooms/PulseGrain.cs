using Orleans.Concurrency;

namespace Causeway.Signalling.Rooms;

/// <summary>Answers if this node's grains do.</summary>
internal interface IPulseGrain : IGrainWithIntegerKey
{
    Task BeatAsync();
}

/// <inheritdoc/>
[StatelessWorker]
internal sealed class PulseGrain : Grain, IPulseGrain
{
    /// <inheritdoc/>
    public Task BeatAsync() => Task.CompletedTask;
}

using Orleans.Concurrency;

namespace Causeway.Signalling.Rooms;

/// <summary>Answers when grains on this node do.</summary>
internal interface IPulseGrain : IGrainWithIntegerKey
{
    /// <summary>Answers.</summary>
    Task BeatAsync();
}

/// <inheritdoc/>
[StatelessWorker]
internal sealed class PulseGrain : Grain, IPulseGrain
{
    /// <inheritdoc/>
    public Task BeatAsync() => Task.CompletedTask;
}

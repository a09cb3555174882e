using System.Threading.Tasks.Sources;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Engines.Portable;

/// <summary>What became of a message that was to be queued.</summary>
/// <param name="Outdated">Older media that was dropped because it had waited too long.</param>
/// <param name="Crowded">Media that was dropped because there is no room: older messages, or this one.</param>
internal readonly record struct Queueing(int Outdated, int Crowded);

/// <summary>
/// What waits for one client's connection. Answers of the relay go before relayed data and are never dropped; who asks for more of them
/// than it takes is not read
/// from until it has taken some (<see cref="IsAnswerBound"/>). Of relayed data the oldest is dropped first, and what has waited too long is
/// dropped in any case:
/// late media is worthless, and takes the time of what is fresh.
/// </summary>
/// <remarks>Written by any thread, read by one.</remarks>
internal sealed class SendQueue(SendBudget budget, int maxBytes, TimeSpan maxDelay) : IValueTaskSource<bool>
{
    /// <summary>Bytes of answers that may wait before its client is not read from any more.</summary>
    internal const int AnswerBytes = 16 * 1024;

    private const int KeptEntries = 64;
    private const ushort DataIndication = 0x0017; // RFC 8656 §17

    private readonly Lock _gate = new();
    private readonly Queue<QueuedMessage> _answers = new();
    private readonly Queue<QueuedMessage> _media = new();
    private readonly long _maxDelay = (long)maxDelay.TotalMilliseconds;
    private ManualResetValueTaskSourceCore<bool> _waiting = new() { RunContinuationsAsynchronously = true };
    private TaskCompletionSource? _answersTaken;
    private long _answerBytes;
    private long _bytes;
    private long _blockedUntil = long.MinValue;
    private bool _isWaiting;
    private bool _isCompleted;

    /// <summary>What all that waits costs in memory.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether so many answers wait that the client should take some before it asks for more.</summary>
    public bool IsAnswerBound => Volatile.Read(ref _answerBytes) is var waiting && (waiting >= AnswerBytes || (waiting > 0 && budget.Share == 0));

    private bool HasRoomForAnswers => _answerBytes == 0 || (_answerBytes < AnswerBytes / 2 && budget.Share > 0);

    /// <summary>Queues a message, and drops what must go for it; nothing once the queue is completed.</summary>
    public Queueing Add(ReadOnlySpan<byte> message, long now)
    {
        var isMedia = IsMedia(message);
        Queueing outcome;
        lock (_gate)
        {
            if (_isCompleted) return default;
            outcome = MakeRoom(isMedia ? QueuedMessage.CostOf(message.Length) : 0, now, out var hasRoom);
            if (hasRoom || !isMedia) Enqueue(new(message, isMedia, now));
            if (!_isWaiting || _answers.Count + _media.Count == 0) return outcome;
            _isWaiting = false;
        }

        _waiting.SetResult(true);
        return outcome;
    }

    /// <summary>Waits until there is something to take; false when the queue is completed and empty.</summary>
    public ValueTask<bool> WaitAsync()
    {
        lock (_gate)
        {
            if (_answers.Count + _media.Count > 0) return new(true);
            if (_isCompleted) return new(false);
            _waiting.Reset();
            _isWaiting = true;
            return new(this, _waiting.Version);
        }
    }

    /// <summary>Takes the next message, which stays part of the budget until <see cref="Sent"/>.</summary>
    public bool TryTake(long now, out QueuedMessage message, out int outdated)
    {
        lock (_gate)
        {
            outdated = DropOutdated(now);
            if (_answers.TryDequeue(out message) || _media.TryDequeue(out message)) return true;

            // A burst is over: its room in the queues themselves is given back too.
            if (_answers.Capacity > KeptEntries) _answers.TrimExcess();
            if (_media.Capacity > KeptEntries) _media.TrimExcess();
            return false;
        }
    }

    /// <summary>The connection does not take what is written to it.</summary>
    public void SetBlocked() => Volatile.Write(ref _blockedUntil, long.MaxValue);

    /// <summary>It does again.</summary>
    public void SetUnblocked(long now) => Volatile.Write(ref _blockedUntil, now);

    /// <summary>A message was sent, or was given up.</summary>
    public void Sent(in QueuedMessage message)
    {
        TaskCompletionSource? taken = null;
        lock (_gate)
        {
            Release(message);
            if (HasRoomForAnswers) (taken, _answersTaken) = (_answersTaken, null);
        }

        taken?.SetResult();
    }

    /// <summary>Waits until the client has taken answers, or the queue is closed.</summary>
    public Task AnswersTakenAsync()
    {
        lock (_gate)
        {
            if (_isCompleted || HasRoomForAnswers) return Task.CompletedTask;
            _answersTaken ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _answersTaken.Task;
        }
    }

    /// <summary>Drops media that has waited too long, for a connection that takes nothing.</summary>
    /// <returns>How many messages.</returns>
    public int Sweep(long now)
    {
        lock (_gate) return DropOutdated(now);
    }

    /// <summary>Takes no more; what waits is still sent.</summary>
    public void Complete()
    {
        TaskCompletionSource? taken;
        bool wake;
        lock (_gate)
        {
            _isCompleted = true;
            (wake, _isWaiting) = (_isWaiting, false);
            (taken, _answersTaken) = (_answersTaken, null);
        }

        if (wake) _waiting.SetResult(false);
        taken?.SetResult();
    }

    /// <summary>Takes no more and gives up what waits.</summary>
    public void Close()
    {
        Complete();
        lock (_gate)
        {
            while (_answers.TryDequeue(out var answer)) Release(answer);
            while (_media.TryDequeue(out var media)) Release(media);
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _waiting.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _waiting.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiting.OnCompleted(continuation, state, token, flags);

    // ChannelData and Data indications carry what peers sent; everything else the relay said itself.
    private static bool IsMedia(ReadOnlySpan<byte> message) =>
        ChannelData.IsMatch(message) || (message.Length >= 2 && System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(message) == DataIndication);

    private Queueing MakeRoom(int cost, long now, out bool hasRoom)
    {
        var outdated = DropOutdated(now);
        var crowded = 0;
        while (!(hasRoom = _bytes + cost <= Math.Min(maxBytes, budget.Share)) && _media.TryDequeue(out var oldest))
        {
            Release(oldest);
            crowded++;
        }

        return new(outdated, hasRoom || cost == 0 ? crowded : crowded + 1);
    }

    private int DropOutdated(long now)
    {
        var dropped = 0;
        // Only what waited for the client: a relay that is short of processor time must not lose packets besides.
        while (_media.TryPeek(out var oldest) && now - oldest.Since > _maxDelay && oldest.Since <= Volatile.Read(ref _blockedUntil))
        {
            Release(_media.Dequeue());
            dropped++;
        }

        return dropped;
    }

    private void Enqueue(in QueuedMessage message)
    {
        (message.IsMedia ? _media : _answers).Enqueue(message);
        if (!message.IsMedia) _answerBytes += message.Cost;
        _bytes += message.Cost;
        budget.Take(message.Cost);
    }

    private void Release(in QueuedMessage message)
    {
        if (!message.IsMedia) _answerBytes -= message.Cost;
        _bytes -= message.Cost;
        budget.Return(message.Cost);
        message.Free();
    }
}

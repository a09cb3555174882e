using System.Buffers.Binary;
using System.Threading.Tasks.Sources;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Engines.Portable;

/// <summary>What was dropped when a message was queued.</summary>
/// <param name="Outdated">Media dropped because it waited too long.</param>
/// <param name="Crowded">Media dropped for lack of room: older messages, or this one.</param>
internal readonly record struct Queueing(int Outdated, int Crowded);

/// <summary>
/// The messages queued for one client's connection. The relay's answers go before relayed data and are never dropped; a client that
/// requests more of them than it reads is not read from until it has read some (<see cref="IsAnswerBound"/>). The oldest relayed data is
/// dropped first, and outdated data always: late media is worthless and delays fresh media.
/// </summary>
/// <remarks>Any thread writes, one reads.</remarks>
internal sealed class SendQueue(SendBudget budget, int maxBytes, TimeSpan maxDelay) : IValueTaskSource<bool>
{
    /// <summary>With this many bytes of answers queued, the client is no longer read from.</summary>
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

    /// <summary>The memory of all queued messages, in bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether the client must read answers before it may request more.</summary>
    public bool IsAnswerBound =>
        Volatile.Read(ref _answerBytes) is var waiting && (waiting >= AnswerBytes || (waiting > 0 && budget.Share == 0));

    private bool HasRoomForAnswers => _answerBytes == 0 || (_answerBytes < AnswerBytes / 2 && budget.Share > 0);

    /// <summary>Queues a message, and drops older ones if it has to; does nothing once the queue is completed.</summary>
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

    /// <summary>Waits until there is a message; false when the queue is completed and empty.</summary>
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

    /// <summary>Takes the next message, which counts in the budget until <see cref="Sent"/>.</summary>
    public bool TryTake(long now, out QueuedMessage message, out int outdated)
    {
        lock (_gate)
        {
            outdated = DropOutdated(now);
            if (_answers.TryDequeue(out message) || _media.TryDequeue(out message)) return true;

            // The burst is over: shrink the queues themselves too.
            if (_answers.Capacity > KeptEntries) _answers.TrimExcess();
            if (_media.Capacity > KeptEntries) _media.TrimExcess();
            return false;
        }
    }

    /// <summary>The connection stopped accepting writes.</summary>
    public void SetBlocked() => Volatile.Write(ref _blockedUntil, long.MaxValue);

    /// <summary>The connection accepts writes again.</summary>
    public void SetUnblocked(long now) => Volatile.Write(ref _blockedUntil, now);

    /// <summary>Releases a message that was sent or given up.</summary>
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

    /// <summary>Waits until the client has read answers, or the queue is closed.</summary>
    public Task AnswersTakenAsync()
    {
        lock (_gate)
        {
            if (_isCompleted || HasRoomForAnswers) return Task.CompletedTask;
            _answersTaken ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _answersTaken.Task;
        }
    }

    /// <summary>Drops outdated media of a connection that reads nothing.</summary>
    /// <returns>The number of dropped messages.</returns>
    public int Sweep(long now)
    {
        lock (_gate) return DropOutdated(now);
    }

    /// <summary>Accepts no more messages; queued ones are still sent.</summary>
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

    /// <summary>Accepts no more messages and drops the queued ones.</summary>
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

    void IValueTaskSource<bool>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiting.OnCompleted(continuation, state, token, flags);

    // ChannelData and Data indications contain relayed data; everything else comes from the relay itself.
    private static bool IsMedia(ReadOnlySpan<byte> message) =>
        ChannelData.IsMatch(message) || (message.Length >= 2 && BinaryPrimitives.ReadUInt16BigEndian(message) == DataIndication);

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
        // Only what waited for the client: a relay short of processor time must not lose packets as well.
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

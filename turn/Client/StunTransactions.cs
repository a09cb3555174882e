using System.Collections.Concurrent;
using System.Security.Cryptography;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>Pending requests. Each is repeated until its response arrives (RFC 8489 §6.2.1), or sent once over a stream (§6.2.3).</summary>
internal sealed class StunTransactions(ITurnTransport transport, Retransmission retransmission, TimeProvider time)
{
    private readonly ConcurrentDictionary<TransactionId, TaskCompletionSource<byte[]>> _waiting = new();

    /// <summary>The number of pending requests.</summary>
    public int Count => _waiting.Count;

    public static TransactionId NewId()
    {
        // 96 unpredictable bits (RFC 8489 §6): who guesses them could answer instead of the server.
        Span<byte> bytes = stackalloc byte[TransactionId.Length];
        RandomNumberGenerator.Fill(bytes);
        return TransactionId.Read(bytes);
    }

    /// <summary>Sends a request until its response arrives.</summary>
    /// <returns>The response's bytes.</returns>
    /// <exception cref="TurnException">No response arrived, or the server can't be reached.</exception>
    public async Task<byte[]> RequestAsync(TransactionId id, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        var response = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = response;
        try
        {
            var sends = transport.Transport == Protocol.Relay.ClientTransport.Udp ? retransmission.Count : 1;
            for (var send = 0; send < sends; send++)
            {
                await transport.SendAsync(request, cancellation);
                var wait = sends == 1 ? retransmission.Timeout : retransmission.Wait(send);
                try
                {
                    return await response.Task.WaitAsync(wait, time, cancellation);
                }
                catch (TimeoutException)
                {
                    // No answer in time, or it arrived just now; otherwise send again, or give up.
                    if (response.Task.IsCompleted) return await response.Task;
                }
            }
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }

        throw new TurnException(
            TurnFailure.TimedOut,
            $"no answer within {retransmission.Timeout.TotalSeconds:0.#} s; "
            + "the server is down, the address or port is wrong, or a firewall drops the packets");
    }

    /// <summary>Completes the request of a response; unknown responses are dropped.</summary>
    public void Complete(in StunMessage response)
    {
        if (_waiting.TryGetValue(response.TransactionId, out var waiting)) waiting.TrySetResult(response.Bytes.ToArray());
    }

    /// <summary>Fails all pending requests.</summary>
    public void Fail(TurnException failure)
    {
        foreach (var waiting in _waiting.Values) waiting.TrySetException(failure);
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>Requests that wait for their responses, each repeated until it has one (RFC 8489 §6.2.1) or once over a stream (§6.2.3).</summary>
internal sealed class StunTransactions(ITurnTransport transport, Retransmission retransmission, TimeProvider time)
{
    private readonly ConcurrentDictionary<TransactionId, TaskCompletionSource<byte[]>> _waiting = new();

    /// <summary>Requests that wait for their responses.</summary>
    public int Count => _waiting.Count;

    public static TransactionId NewId()
    {
        // 96 bits that nobody can guess (RFC 8489 §6): a stranger who could would answer in the server's place.
        Span<byte> bytes = stackalloc byte[TransactionId.Length];
        RandomNumberGenerator.Fill(bytes);
        return TransactionId.Read(bytes);
    }

    /// <summary>Sends a request until its response comes.</summary>
    /// <returns>The response's bytes.</returns>
    /// <exception cref="TurnException">No response came, or the server cannot be reached.</exception>
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
                    // Not answered in time, or this very moment; else the next send, or the end.
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
            $"no answer within {retransmission.Timeout.TotalSeconds:0.#} s; the server is down, the address or port is wrong, or a firewall drops the packets");
    }

    /// <summary>Hands a response to whom it belongs; responses that nobody waits for are dropped.</summary>
    public void Complete(in StunMessage response)
    {
        if (_waiting.TryGetValue(response.TransactionId, out var waiting)) waiting.TrySetResult(response.Bytes.ToArray());
    }

    /// <summary>Ends all that wait.</summary>
    public void Fail(TurnException failure)
    {
        foreach (var waiting in _waiting.Values) waiting.TrySetException(failure);
    }
}

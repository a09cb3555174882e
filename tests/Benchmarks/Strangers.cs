using System.Text;
using BenchmarkDotNet.Attributes;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Benchmarks;

/// <summary>
/// The cost of screening one message of a client without an allocation. It runs without a shard's lock, and must not allocate.
/// </summary>
[MemoryDiagnoser]
public class Strangers
{
    private const string Secret = "a secret of the benchmarks";
    private static readonly ClientHandle Client = new(ClientTransport.Udp, 0, TransportAddress.Parse("203.0.113.7:40000"));
    private static readonly ClientHandle Flooding = new(ClientTransport.Udp, 0, TransportAddress.Parse("203.0.113.8:40000"));

    private readonly byte[] _answer = new byte[RelayShard.MaxAnswerLength];
    private RelayShard _shard = null!;
    private byte[] _binding = [];
    private byte[] _unsigned = [];
    private byte[] _guess = [];
    private byte[] _flood = [];
    private long _milliseconds = 1_000_000;

    /// <summary>A relay, and what strangers send to it.</summary>
    [GlobalSetup]
    public void Write()
    {
        var settings = new RelaySettings
        {
            Realm = "example.org",
            Addresses = [new(IpAddress.Parse("198.51.100.5"), IpAddress.Parse("198.51.100.5"))],
            Secrets = [Secret],
            Peers = new([], [], []),
        };
        _shard = new(settings, new(settings, new byte[32]), 0, new byte[32]);
        _binding = Request(StunMethod.Binding, nonce: null);
        _unsigned = Request(StunMethod.Allocate, nonce: null);
        _guess = Request(StunMethod.Allocate, Nonce(Client));
        _flood = Request(StunMethod.Allocate, Nonce(Flooding));
        // Uses up this source's rate limit at once.
        while (Screen(Flooding, _flood, 0) > 0) { }
    }

    /// <summary>A Binding request is answered.</summary>
    [Benchmark(Baseline = true)]
    public int Binding() => Answered(Screen(Client, _binding, 2));

    /// <summary>A request without a signature is challenged.</summary>
    [Benchmark]
    public int Challenge() => Answered(Screen(Client, _unsigned, 2));

    /// <summary>A nonce of this relay and a wrong password: a key is derived.</summary>
    [Benchmark]
    public int WrongPassword() => Answered(Screen(Client, _guess, 2));

    /// <summary>The same from a source beyond its rate limit: no key is derived.</summary>
    [Benchmark]
    public int WrongPasswordBeyondTheLimit() => Screen(Flooding, _flood, 0);

    private int Screen(in ClientHandle client, byte[] message, int passes)
    {
        _milliseconds += passes;
        _shard.Screen(client, message, new(_milliseconds, 1_800_000_000), _answer, out var length);
        return length;
    }

    // A dropped message would look very fast.
    private static int Answered(int length) => length > 0 ? length : throw new InvalidOperationException("the relay did not answer");

    private byte[] Nonce(in ClientHandle client)
    {
        var length = Screen(client, _unsigned, 2);
        return StunMessage.TryRead(_answer.AsSpan(0, length), out var answer) && answer.TryGet(StunAttributeType.Nonce, out var nonce)
            ? nonce.ToArray()
            : throw new InvalidOperationException("the relay gave no nonce");
    }

    private static byte[] Request(StunMethod method, byte[]? nonce)
    {
        var buffer = new byte[512];
        var request = new StunWriter(buffer, StunClass.Request, method, new(1, 2));
        if (nonce is not null)
        {
            request.Add(StunAttributeType.Username, "1900000000:mallory");
            request.Add(StunAttributeType.Realm, "example.org");
            request.Add(StunAttributeType.Nonce, nonce);
            request.AddIntegrity(StunIntegrity.Sha1, Encoding.ASCII.GetBytes("a guess"));
        }

        request.TryFinish(out var length);
        return buffer[..length];
    }
}

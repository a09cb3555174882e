using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Relay.Shards;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Benchmarks;

/// <summary>A relay's state machine without a network, and clients that completed the whole handshake.</summary>
internal sealed class AllocatedRelay
{
    public const ushort Channel = 0x4000;
    private const string Secret = "a secret of the benchmarks";
    private const string Realm = "example.org";

    private readonly byte[] _buffer = new byte[Packet.BufferLength];
    private readonly byte[] _message = new byte[2048];
    private uint _transactions;

    public AllocatedRelay()
    {
        var settings = new RelaySettings
        {
            Realm = Realm,
            Addresses = [new(IpAddress.Parse("198.51.100.5"), IpAddress.Parse("198.51.100.5"))],
            Secrets = [Secret],
            Peers = new([IpPrefix.Parse("192.0.2.0/24")], [], []),
        };
        Shard = new(settings, new(settings, new byte[32]), 0, new byte[32]);
    }

    public RelayShard Shard { get; }

    public Instant Now { get; } = new(1_000_000, 1_800_000_000);

    /// <summary>A client with an allocation.</summary>
    public (AllocationId Allocation, TransportAddress Relayed) Allocate(ClientHandle client, string subject)
    {
        var effects = Request(
            client,
            subject,
            StunMethod.Allocate,
            (ref StunWriter message) => message.Add(StunAttributeType.RequestedTransport, 17u << 24));
        var created = effects.OfType<AllocationCreated>().Single();
        return (created.Allocation, created.Relayed);
    }

    /// <summary>Binds <see cref="Channel"/> to a peer, which permits it too.</summary>
    public void Bind(ClientHandle client, string subject, TransportAddress peer) =>
        Request(client, subject, StunMethod.ChannelBind, (ref StunWriter message) =>
    {
        message.Add(StunAttributeType.ChannelNumber, (uint)Channel << 16);
        message.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
    });

    public delegate void Attributes(ref StunWriter message);

    /// <summary>Sends a request as a challenged client; throws unless it succeeds.</summary>
    private List<RelayEffect> Request(ClientHandle client, string subject, StunMethod method, Attributes attributes)
    {
        var unsigned = new StunWriter(_message, StunClass.Request, StunMethod.Allocate, new(1, ++_transactions));
        var challenge = Handle(client, unsigned).OfType<SendToClient>().Single();
        if (!StunMessage.TryRead(challenge.Message.Span, out var challenged) || !challenged.TryGet(StunAttributeType.Nonce, out var nonce))
            throw new InvalidOperationException("the relay gave no nonce");

        var credentials = Credentials.Mint(Secret, subject, Now.UnixSeconds + 3600);
        var key = PasswordAlgorithm.Md5.Key(credentials.Username, Realm, credentials.Password);

        var request = new StunWriter(_message, StunClass.Request, method, new(1, ++_transactions));
        attributes(ref request);
        request.Add(StunAttributeType.Username, credentials.Username);
        request.Add(StunAttributeType.Realm, Realm);
        request.Add(StunAttributeType.Nonce, nonce);
        request.AddIntegrity(StunIntegrity.Sha1, key);

        var effects = Handle(client, request);
        var answer = effects.OfType<SendToClient>().Last();
        if (!StunMessage.TryRead(answer.Message.Span, out var answered) || answered.Class != StunClass.SuccessResponse)
            throw new InvalidOperationException($"{method} was refused");
        return effects;
    }

    private List<RelayEffect> Handle(ClientHandle client, StunWriter request)
    {
        request.TryFinish(out var length);
        _message.AsSpan(0, length).CopyTo(_buffer.AsSpan(Packet.Headroom));
        var packet = new Packet(_buffer, length);
        Shard.HandleClient(client, ref packet, Now);

        var effects = new List<RelayEffect>();
        while (Shard.TryPollEffect(out var effect))
        {
            effects.Add(effect);
            if (effect is OpenRelay open) Shard.HandleRelayOpened(open.Allocation, open.Local, Now);
        }

        return effects;
    }
}

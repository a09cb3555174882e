using System.Text;
using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Relay;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Relay;

/// <summary>Adds attributes to a message that a test builds.</summary>
internal delegate void Attributes(ref StunWriter message);

/// <summary>How a scripted client signs.</summary>
internal enum Signing
{
    /// <summary>Unsigned.</summary>
    None,

    /// <summary>As deployed clients sign: MD5 and MESSAGE-INTEGRITY.</summary>
    Sha1,

    /// <summary>As RFC 8489 specifies: PASSWORD-ALGORITHM SHA-256, PASSWORD-ALGORITHMS and MESSAGE-INTEGRITY-SHA256.</summary>
    Sha256,
}

/// <summary>A scripted client: builds requests as RFC 8489 and RFC 8656 describe them, byte for byte, and reads the answers.</summary>
internal sealed class TestClient(TestRelay relay, ClientHandle handle, Credentials credentials, int shard)
{
    private uint _transactions;

    public ClientHandle Handle { get; } = handle;

    public Credentials Credentials { get; set; } = credentials;

    public Signing Signing { get; set; } = Signing.Sha1;

    public bool UsesFingerprint { get; set; }

    /// <summary>Whether it sends USERHASH instead of USERNAME.</summary>
    public bool HidesUsername { get; set; }

    public string Realm { get; set; } = TestRelay.Realm;

    /// <summary>The nonce of the last challenge; requested automatically.</summary>
    public byte[]? Nonce { get; set; }

    public TransactionId LastTransaction { get; private set; }

    public byte[] LastRequest { get; private set; } = [];

    /// <summary>The relay's effects of the last request, responses included.</summary>
    public List<RelayEffect> Effects { get; private set; } = [];

    public AllocationId Allocation { get; private set; }

    /// <summary>The relayed transport addresses of the allocation in their public form; of a dual allocation IPv4 first.</summary>
    public TransportAddress[] Relayed { get; private set; } = [];

    public byte[] Key =>
        (Signing == Signing.Sha256 ? PasswordAlgorithm.Sha256 : PasswordAlgorithm.Md5).Key(
            Credentials.Username, Realm, Credentials.Password);

    /// <summary>Builds a message, signed and with FINGERPRINT as the client's properties say.</summary>
    public byte[] Build(StunClass @class, StunMethod method, Attributes? attributes = null, Signing? signing = null)
    {
        signing ??= Signing;
        LastTransaction = new(0x0102030405060708, ++_transactions);
        var buffer = new byte[StunConstants.MaxRequestLength];
        var writer = new StunWriter(buffer, @class, method, LastTransaction);
        attributes?.Invoke(ref writer);
        if (signing != Signing.None)
        {
            if (HidesUsername) writer.Add(StunAttributeType.Userhash, Hash());
            else writer.Add(StunAttributeType.Username, Credentials.Username);
            writer.Add(StunAttributeType.Realm, Realm);
            writer.Add(StunAttributeType.Nonce, Nonce ?? []);
        }

        if (signing == Signing.Sha256)
        {
            writer.Add(StunAttributeType.PasswordAlgorithm, PasswordAlgorithm.Sha256.Value);
            writer.Add(StunAttributeType.PasswordAlgorithms, PasswordAlgorithm.Offer);
            writer.AddIntegrity(StunIntegrity.Sha256, Key);
        }

        if (signing == Signing.Sha1) writer.AddIntegrity(StunIntegrity.Sha1, Key);
        if (UsesFingerprint) writer.AddFingerprint();
        Assert.True(writer.TryFinish(out var length));
        return LastRequest = buffer[..length];
    }

    /// <summary>Sends a request and returns its response; requests a nonce first when there is none.</summary>
    public Answer Request(StunMethod method, Attributes? attributes = null) =>
        TryRequest(method, attributes) ?? throw new InvalidOperationException($"{method} was not answered");

    /// <summary>Sends a request that may have no response yet.</summary>
    public Answer? TryRequest(StunMethod method, Attributes? attributes = null)
    {
        if (Signing != Signing.None && Nonce is null) Challenge();
        return SendRequest(Build(StunClass.Request, method, attributes));
    }

    /// <summary>Sends any bytes.</summary>
    /// <returns>The last response to this client; null without one.</returns>
    public Answer? SendRequest(byte[] message)
    {
        Assert.Equal(Forward.None, relay.FromClient(Handle, message, shard).Forward);
        Effects = relay.Effects();
        if (Effects.OfType<AllocationCreated>().LastOrDefault(made => made.Client == Handle) is { } made) Allocation = made.Allocation;
        return Effects.OfType<SendToClient>().LastOrDefault(sent => sent.Client == Handle) is { } sent ? new(sent.Message.ToArray()) : null;
    }

    /// <summary>Sends an unsigned request, and keeps the nonce.</summary>
    public Answer Challenge()
    {
        var answer = SendRequest(Build(StunClass.Request, StunMethod.Allocate, null, Signing.None))!;
        Nonce = answer[StunAttributeType.Nonce];
        return answer;
    }

    public Answer Allocate(Attributes? attributes = null)
    {
        var answer = Request(StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedTransport, 17u << 24);
            attributes?.Invoke(ref m);
        });
        Relayed = answer.Addresses(StunAttributeType.XorRelayedAddress);
        return answer;
    }

    /// <summary>A TCP allocation (RFC 6062).</summary>
    public Answer AllocateTcp(Attributes? attributes = null)
    {
        var answer = Request(StunMethod.Allocate, (ref StunWriter m) =>
        {
            m.Add(StunAttributeType.RequestedTransport, 6u << 24);
            attributes?.Invoke(ref m);
        });
        Relayed = answer.Addresses(StunAttributeType.XorRelayedAddress);
        return answer;
    }

    /// <summary>Connect; null while the outcome is awaited.</summary>
    public Answer? Connect(string peer) =>
        TryRequest(StunMethod.Connect, (ref StunWriter m) => m.AddXorAddress(StunAttributeType.XorPeerAddress, Peer(peer)));

    public Answer BindConnection(uint number) =>
        Request(StunMethod.ConnectionBind, (ref StunWriter m) => m.Add(StunAttributeType.ConnectionId, number));

    public Answer AllocateIPv6() => Allocate((ref StunWriter m) => m.Add(StunAttributeType.RequestedAddressFamily, 2u << 24));

    public Answer AllocateDual() => Allocate((ref StunWriter m) => m.Add(StunAttributeType.AdditionalAddressFamily, 2u << 24));

    public Answer Refresh(uint? lifetime = null, IpFamily? family = null) => Request(StunMethod.Refresh, (ref StunWriter m) =>
    {
        if (lifetime is { } seconds) m.Add(StunAttributeType.Lifetime, seconds);
        if (family is { } one) m.Add(StunAttributeType.RequestedAddressFamily, (uint)one << 24);
    });

    public Answer Permit(params string[] peers) => Request(StunMethod.CreatePermission, (ref StunWriter m) =>
    {
        foreach (var peer in peers) m.AddXorAddress(StunAttributeType.XorPeerAddress, Peer(peer));
    });

    public Answer Bind(int channel, string peer) => Request(StunMethod.ChannelBind, (ref StunWriter m) =>
    {
        m.Add(StunAttributeType.ChannelNumber, (uint)channel << 16);
        m.AddXorAddress(StunAttributeType.XorPeerAddress, Peer(peer));
    });

    /// <summary>A Send indication.</summary>
    public Passage SendTo(string peer, ReadOnlySpan<byte> payload) => relay.FromClient(Handle, BuildSend(peer, payload), shard);

    public byte[] BuildSend(string peer, ReadOnlySpan<byte> payload)
    {
        var data = payload.ToArray();
        return Build(StunClass.Indication, StunMethod.Send, (ref StunWriter m) =>
        {
            m.AddXorAddress(StunAttributeType.XorPeerAddress, Peer(peer));
            m.Add(StunAttributeType.Data, data);
        }, Signing.None);
    }

    /// <summary>ChannelData, padded as the transport requires.</summary>
    public Passage SendOn(int channel, ReadOnlySpan<byte> payload) => relay.FromClient(Handle, BuildChannelData(channel, payload), shard);

    public byte[] BuildChannelData(int channel, ReadOnlySpan<byte> payload)
    {
        var message = new byte[Handle.IsStream ? StunConstants.Padded(4 + payload.Length) : 4 + payload.Length];
        ChannelData.WriteHeader(message, (ushort)channel, payload.Length);
        payload.CopyTo(message.AsSpan(4));
        return message;
    }

    private byte[] Hash()
    {
        var hash = new byte[Userhash.Length];
        Userhash.Write(Encoding.UTF8.GetBytes(Credentials.Username), Encoding.UTF8.GetBytes(Realm), hash);
        return hash;
    }

    /// <summary>A peer's address; the port is optional where it doesn't matter.</summary>
    private static TransportAddress Peer(string text) =>
        TransportAddress.TryParse(text, out var address) ? address : new(IpAddress.Parse(text), 0);
}

using Causeway.Turn.Protocol;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Turn.Client;

/// <summary>Adds a request's own attributes.</summary>
internal delegate void AddAttributes(ref StunWriter writer);

/// <summary>Writes and reads the client's messages. Pure: bytes in, bytes out.</summary>
internal static class TurnRequests
{
    /// <summary>The overhead of a sent payload: a Send indication's headers with padding, which are longer than ChannelData's.</summary>
    public const int SendOverhead = StunConstants.HeaderLength + 2 * StunConstants.AttributeHeaderLength + 20 + 3;

    // IANA's protocol numbers: UDP (RFC 8656 §18.8) and TCP (RFC 6062 §4.1).
    private const byte UdpProtocol = 17;
    private const byte TcpProtocol = 6;

    /// <summary>Writes a request, signed if there is a signer.</summary>
    public static byte[] Write(StunMethod method, TransactionId id, AddAttributes add, RequestSigner? signer)
    {
        Span<byte> buffer = stackalloc byte[StunConstants.MaxRequestLength];
        var writer = new StunWriter(buffer, StunClass.Request, method, id);
        add(ref writer);
        signer?.Sign(ref writer);
        writer.AddFingerprint();
        return writer.TryFinish(out var length)
            ? buffer[..length].ToArray()
            : throw new ArgumentException($"{method} exceeds {StunConstants.MaxRequestLength} bytes; use fewer peers in one request");
    }

    /// <summary>Adds the attributes of Allocate (RFC 8656 §7.1).</summary>
    public static void AddAllocate(ref StunWriter writer, AllocateOptions options)
    {
        if (options is { Dual: true, Family: not null })
            throw new ArgumentException(
                $"{nameof(AllocateOptions.Dual)} requests both families; don't set {nameof(AllocateOptions.Family)}", nameof(options));

        writer.Add(StunAttributeType.RequestedTransport, (uint)(options.Tcp ? TcpProtocol : UdpProtocol) << 24);
        if (options.Lifetime is { } lifetime) writer.Add(StunAttributeType.Lifetime, (uint)lifetime.TotalSeconds);
        if (options.Family is { } family) writer.Add(StunAttributeType.RequestedAddressFamily, (uint)family << 24);
        if (options.Dual) writer.Add(StunAttributeType.AdditionalAddressFamily, (uint)IpFamily.IPv6 << 24);
        if (options.DontFragment) writer.Add(StunAttributeType.DontFragment, []);
        if (options.EvenPort) writer.Add(StunAttributeType.EvenPort, [0]);
    }

    /// <summary>Reads the success response to Allocate (RFC 8656 §7.3).</summary>
    public static TurnAllocation ReadAllocation(in StunMessage response)
    {
        var relayed = new List<TransportAddress>();
        foreach (var attribute in response)
        {
            if (attribute.Type != StunAttributeType.XorRelayedAddress) continue;
            if (StunAddress.TryReadXor(attribute.Value, response.TransactionId, out var address)) relayed.Add(address);
        }

        if (relayed.Count == 0) throw new TurnException(TurnFailure.BadAnswer, "the response to Allocate has no valid XOR-RELAYED-ADDRESS");
        return new(relayed, ReadMappedAddress(response), ReadLifetime(response));
    }

    public static TransportAddress ReadMappedAddress(in StunMessage response)
    {
        if (response.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var address)) return address;
        return response.TryGet(StunAttributeType.MappedAddress, out var plain) && StunAddress.TryRead(plain, out address)
            ? address
            : throw new TurnException(TurnFailure.BadAnswer, $"the response to {response.Method} has no valid XOR-MAPPED-ADDRESS");
    }

    public static TimeSpan ReadLifetime(in StunMessage response) =>
        response.TryGetUInt32(StunAttributeType.Lifetime, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : throw new TurnException(TurnFailure.BadAnswer, $"the response to {response.Method} has no valid LIFETIME");

    /// <summary>Writes ChannelData; over streams it is padded to four bytes (RFC 8656 §12.5).</summary>
    public static int WriteChannelData(Span<byte> buffer, ushort channel, ReadOnlySpan<byte> payload, bool pad)
    {
        if (payload.Length > ushort.MaxValue) throw TooLong(payload);

        ChannelData.WriteHeader(buffer, channel, payload.Length);
        payload.CopyTo(buffer[ChannelData.HeaderLength..]);
        var length = ChannelData.HeaderLength + payload.Length;
        if (!pad) return length;

        var padded = StunConstants.Padded(length);
        buffer[length..padded].Clear();
        return padded;
    }

    /// <summary>Writes a Send indication (RFC 8656 §11.1), optionally with DONT-FRAGMENT (§18.9).</summary>
    public static int WriteSendIndication(Span<byte> buffer, TransportAddress peer, ReadOnlySpan<byte> payload, bool dontFragment = false)
    {
        var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Send, StunTransactions.NewId());
        if (dontFragment) writer.Add(StunAttributeType.DontFragment, []);
        writer.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
        writer.Add(StunAttributeType.Data, payload);
        return writer.TryFinish(out var length) ? length : throw TooLong(payload);
    }

    private static ArgumentException TooLong(ReadOnlySpan<byte> payload) =>
        new($"{payload.Length} bytes don't fit into a datagram", nameof(payload));

    /// <summary>Reads the success response to Connect (RFC 6062 §5.2).</summary>
    public static uint ReadConnectionId(in StunMessage response) =>
        response.TryGetUInt32(StunAttributeType.ConnectionId, out var number)
            ? number
            : throw new TurnException(TurnFailure.BadAnswer, $"the response to {response.Method} has no valid CONNECTION-ID");

    /// <summary>Reads a ConnectionAttempt indication (RFC 6062 §5.3).</summary>
    public static bool TryReadConnectionAttempt(in StunMessage message, out uint number, out TransportAddress peer)
    {
        (number, peer) = (0, default);
        return message is { Class: StunClass.Indication, Method: StunMethod.ConnectionAttempt }
            && message.TryGetUInt32(StunAttributeType.ConnectionId, out number)
            && message.TryGetXorAddress(StunAttributeType.XorPeerAddress, out peer);
    }

    /// <summary>Reads a Data indication (RFC 8656 §11.4).</summary>
    public static bool TryReadDataIndication(in StunMessage message, out TransportAddress peer, out ReadOnlySpan<byte> payload)
    {
        peer = default;
        payload = default;
        return message is { Class: StunClass.Indication, Method: StunMethod.Data }
            && message.TryGetXorAddress(StunAttributeType.XorPeerAddress, out peer)
            && message.TryGet(StunAttributeType.Data, out payload);
    }

    /// <summary>Reads a Data indication with ICMP instead of DATA (RFC 8656 §11.6).</summary>
    public static bool TryReadPeerError(in StunMessage message, out TurnPeerError error)
    {
        error = default;
        if (message is not { Class: StunClass.Indication, Method: StunMethod.Data }) return false;
        if (!message.TryGetXorAddress(StunAttributeType.XorPeerAddress, out var peer)) return false;
        if (!message.TryGet(StunAttributeType.Icmp, out var value) || !IcmpError.TryRead(value, out var icmp)) return false;

        error = new(peer, icmp);
        return true;
    }
}

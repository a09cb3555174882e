namespace Causeway.Turn.Protocol;

/// <summary>
/// A network whose clients share a bound. Of IPv4 it is one address. Of IPv6 a host has a network of 64 bits to choose its address from,
/// a household usually one
/// of 56 bits and a company one of 48 (RFC 6177), and addresses in them cost nothing: so a client counts to all three, of which the
/// larger ones have
/// a multiple of the bound.
/// </summary>
/// <param name="Length">The length of the prefix in bits.</param>
/// <param name="Prefix">Its first address.</param>
public readonly record struct ClientNetwork(int Length, IpAddress Prefix)
{
    private const int Bits = 128;
    private static readonly int[] LengthsOfIPv6 = [64, 56, 48];

    /// <summary>The networks that a client at an address is in.</summary>
    public static Enumerator Of(IpAddress address) => new(address);

    /// <summary>How many times as much it may have as one address, or one IPv6 network of 64 bits.</summary>
    public long Multiple => Length switch { 56 => 2, 48 => 4, _ => 1 };

    /// <summary>
    /// How much the network may have where one address, or one IPv6 network of 64 bits, may have <paramref name="perAddress"/>.
    /// </summary>
    public int Share(int perAddress) => (int)long.Min(int.MaxValue, Multiple * perAddress);

    /// <summary>The networks of an address, without garbage.</summary>
    public struct Enumerator(IpAddress address)
    {
        private int _next;

        /// <summary>The one at hand.</summary>
        public ClientNetwork Current { get; private set; }

        /// <summary>For <c>foreach</c>.</summary>
        public readonly Enumerator GetEnumerator() => this;

        /// <summary>Goes to the next one.</summary>
        public bool MoveNext()
        {
            if (_next == (address.Family == IpFamily.IPv6 ? LengthsOfIPv6.Length : 1)) return false;
            var length = address.Family == IpFamily.IPv6 ? LengthsOfIPv6[_next] : 32;
            var hostBits = Bits - length;
            Current = new(length, address.Family == IpFamily.IPv6 ? address with { Bits = address.Bits >> hostBits << hostBits } : address);
            _next++;
            return true;
        }
    }
}

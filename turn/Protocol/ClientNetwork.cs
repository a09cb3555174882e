namespace Causeway.Turn.Protocol;

/// <summary>
/// A network whose clients share a limit. An IPv4 client counts by its address. An IPv6 host can choose any address of a /64, a household
/// usually has a /56 and a company a /48 (RFC 6177), and addresses in them cost nothing: an IPv6 client counts to all three, and the larger
/// two have a multiple of the limit.
/// </summary>
/// <param name="Length">The prefix length in bits.</param>
/// <param name="Prefix">The first address of the network.</param>
public readonly record struct ClientNetwork(int Length, IpAddress Prefix)
{
    private const int Bits = 128;
    private static readonly int[] LengthsOfIPv6 = [64, 56, 48];

    /// <summary>Enumerates the networks that a client at an address counts to, the narrowest first.</summary>
    public static Enumerator Of(IpAddress address) => new(address);

    /// <summary>Gets the network's limit as a multiple of that of one IPv4 address or one IPv6 /64.</summary>
    public long Multiple => Length switch { 56 => 2, 48 => 4, _ => 1 };

    /// <summary>Gets the network's limit where one IPv4 address or one IPv6 /64 has <paramref name="perAddress"/>.</summary>
    public int Share(int perAddress) => (int)long.Min(int.MaxValue, Multiple * perAddress);

    /// <summary>Enumerates the networks of an address without allocating.</summary>
    public struct Enumerator(IpAddress address)
    {
        private int _next;

        public ClientNetwork Current { get; private set; }

        public readonly Enumerator GetEnumerator() => this;

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

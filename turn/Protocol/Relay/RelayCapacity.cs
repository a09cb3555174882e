namespace Causeway.Turn.Protocol.Relay;

/// <summary>How many relayed transport addresses a relay has, can have, and can still make. A dual allocation has two.</summary>
/// <param name="Taken">Those there are, in all, reserved ones and those that are being opened among them.</param>
/// <param name="Total">The most there can be: the smallest of the quota and of the ports of each family.</param>
/// <param name="Free">How many more can be made: the smallest of what is left of each.</param>
public readonly record struct RelayCapacity(int Taken, int Total, int Free)
{
    // A twentieth is for those who have the relay already: to renew what they have, they make the new before they end the old.
    private const int MarginShare = 20;

    /// <summary>
    /// Whether nobody new should be sent here: little is left, and it is for those who are here already. A relay that can make none and
    /// has none is not full but broken.
    /// </summary>
    /// <param name="needed">How many must be left at least.</param>
    public bool IsFull(int needed = 1) => Taken > 0 && Free < int.Max(needed, Total / MarginShare);
}

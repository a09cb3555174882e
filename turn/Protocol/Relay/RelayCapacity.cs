namespace Causeway.Turn.Protocol.Relay;

/// <summary>How many relayed transport addresses a relay has and can have. A dual allocation has two.</summary>
/// <param name="Taken">Those in use, reserved ones and those being opened included.</param>
/// <param name="Total">The most there can be: the smallest of the quota and of the ports of each family.</param>
/// <param name="Free">How many more can be created: the smallest of what is left of each.</param>
public readonly record struct RelayCapacity(int Taken, int Total, int Free)
{
    // A twentieth is kept for current users: to renew an allocation they create the new one before they delete the old one.
    private const int MarginShare = 20;

    /// <summary>
    /// Whether new users should go elsewhere, because what is left is needed by the current ones. A relay that has no allocation and can't
    /// create any is broken, not full.
    /// </summary>
    /// <param name="needed">How many must be free at least.</param>
    public bool IsFull(int needed = 1) => Taken > 0 && Free < int.Max(needed, Total / MarginShare);
}

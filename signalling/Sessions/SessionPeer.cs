using Causeway.Signalling.Rooms;

namespace Causeway.Signalling.Sessions;

/// <summary>What a session knows of another member.</summary>
/// <param name="incoming">That member's signals that this session's client has not acknowledged.</param>
internal sealed class SessionPeer(PairWindow incoming)
{
    /// <summary>Gets or sets the member; null while its signals have arrived and the room's message about it has not.</summary>
    public RoomPeer? Info { get; set; }

    /// <summary>Gets its signals that this session's client has not acknowledged.</summary>
    public PairWindow Incoming => incoming;

    /// <summary>Gets or sets the last of this session's signals that it acknowledged.</summary>
    public long Acknowledged { get; set; }
}

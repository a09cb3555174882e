using Causeway.Signalling.Rooms;

namespace Causeway.Signalling.Sessions;

/// <summary>What a session knows of another member.</summary>
/// <param name="incoming">What that member sent and this session's client has not acknowledged.</param>
internal sealed class SessionPeer(PairWindow incoming)
{
    /// <summary>Who it is; null while only its signals have arrived and the room's word of it has not.</summary>
    public RoomPeer? Info { get; set; }

    /// <summary>What it sent and this session's client has not acknowledged.</summary>
    public PairWindow Incoming => incoming;

    /// <summary>The last of this session's signals that it acknowledged.</summary>
    public long Acknowledged { get; set; }
}

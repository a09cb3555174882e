using System.Buffers.Text;
using System.Security.Cryptography;
using Causeway.Signalling.Clients;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Ice;
using Causeway.Signalling.Names;
using Causeway.Signalling.Options;
using Causeway.Signalling.Rooms;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Sessions;

/// <summary>Begins and ends this node's sessions: between the client's hello, the room and the directory.</summary>
internal sealed class SessionHost(
    IOptionsMonitor<SignallingOptions> settings,
    SessionDirectory directory,
    IGrainFactory rooms,
    IceServers ice,
    NetworkRates joins,
    SignallingMetrics metrics,
    TimeProvider time,
    ILogger<SessionHost> log)
{
    // This node's name in session addresses. A single node needs none.
    private const string Node = "";

    /// <summary>Takes up the session that the hello names, or joins its room anew.</summary>
    /// <param name="hello">The client's hello.</param>
    /// <param name="connection">The client's connection.</param>
    /// <param name="joining">Called before the client hears of its session; a second time if it cannot be resumed.</param>
    /// <returns>The session; null when the connection was closed with the reason.</returns>
    public async ValueTask<Session?> BeginAsync(Hello hello, Connection connection, Action? joining)
    {
        // The one spelling that each name has; what the client sent was checked.
        hello = hello with { Room = RoomName.TryRead(hello.Room, out var room) ? room : hello.Room, Name = MemberName.Of(hello.Name) };
        if (hello.Resume is { } token && directory.TryFindByToken(token, out var earlier) && earlier.Room == hello.Room)
        {
            joining?.Invoke();
            if (earlier.TryResume(connection))
            {
                metrics.SessionResumed();
                log.SessionResumed(earlier.Address.Member);
                return earlier;
            }
        }

        // Each session begins with a credential for a subject of its own.
        if (!joins.TryTake(connection.Kept.Networks))
        {
            connection.Close(CloseCode.AddressFull, "too many joins from this address; try again in a minute",
                new Error(ErrorCodes.AddressFull, $"your address began {settings.CurrentValue.Limits.JoinsPerAddress} sessions in a minute; try again in a minute", Fatal: true));
            return null;
        }

        var session = new Session(this, settings, ice, time, connection.Kept, RandomId(32), new(Node, RandomId(16)), hello);
        if (!directory.TryAdd(session))
        {
            session.Dispose();
            connection.Close(CloseCode.TryLater, "the server is full; try again later",
                new Error(ErrorCodes.ServerFull, "this server has no place for another session or room now; try again in a minute", Fatal: true));
            return null;
        }

        try
        {
            var joined = await Room(session).JoinAsync(new(session.Address, session.Name, session.Client, session.Replaces));
            if (joined is not null)
            {
                joining?.Invoke();
                session.Welcome(joined.Name, joined.Peers, connection);
                metrics.SessionJoined();
                log.SessionJoined(session.Address.Member, joined.Peers.Count + 1);
                return session;
            }
        }
        catch
        {
            directory.Remove(session);
            session.Dispose();
            // The room may have taken the member in before, or after, its answer was given up.
            await LeaveAsync(session, "lost");
            throw;
        }

        directory.Remove(session);
        session.Dispose();
        connection.Close(CloseCode.RoomFull, "the room is full",
            new Error(ErrorCodes.RoomFull, $"the room has its {settings.CurrentValue.Limits.RoomMembers} members; somebody has to leave, or take another room", Fatal: true));
        return null;
    }

    /// <summary>What a session does when it ends.</summary>
    public async Task EndedAsync(Session session, string reason)
    {
        directory.Remove(session);
        // Who broke the rules loses the relay too, at once and not when the credential ends.
        if (reason == Session.Removed) ice.Revoke(session.Address.Member);
        metrics.SessionEnded(reason);
        log.SessionEnded(session.Address.Member, reason);
        await LeaveAsync(session, reason);
    }

    /// <summary>Has a session's room speak to each of its members.</summary>
    /// <returns>Whether it did.</returns>
    public async Task<bool> AskRoomAsync(Session session)
    {
        try
        {
            await Room(session).RenewAsync();
            return true;
        }
        catch (Exception failure)
        {
            log.RoomNotReached(session.Address.Member, failure);
            return false;
        }
    }

    private async Task LeaveAsync(Session session, string reason)
    {
        try
        {
            await Room(session).LeaveAsync(session.Address.Member, reason);
        }
        catch (Exception failure)
        {
            // Runs from timers, where nobody could catch it. The room finds by itself, when it renews, that the session is gone.
            log.LeaveFailed(session.Address.Member, failure);
        }
    }

    private IRoomGrain Room(Session session) => rooms.GetGrain<IRoomGrain>(session.Room);

    // 16 bytes name a member, 32 prove a session: neither can be guessed.
    private static string RandomId(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}

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

    /// <summary>Resumes the session in the hello, or joins its room.</summary>
    /// <param name="hello">The client's hello.</param>
    /// <param name="connection">The client's connection.</param>
    /// <param name="joining">Called before the client learns of its session; a second time if it can't be resumed.</param>
    /// <returns>The session; null if the connection was closed.</returns>
    public async ValueTask<Session?> BeginAsync(Hello hello, Connection connection, Action? joining)
    {
        // The canonical spelling of each name; the message was checked.
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

        // Each new session gets a credential for a new subject.
        if (!joins.TryTake(connection.Kept.Networks))
        {
            connection.Close(CloseCode.AddressFull, "too many joins from this address; try again in a minute",
                new Error(
                    ErrorCodes.AddressFull,
                    $"your address started {settings.CurrentValue.Limits.JoinsPerAddress} sessions in a minute; try again in a minute",
                    Fatal: true));
            return null;
        }

        var session = new Session(this, settings, ice, time, connection.Kept, RandomId(32), new(Node, RandomId(16)), hello);
        if (!directory.TryAdd(session))
        {
            session.Dispose();
            connection.Close(CloseCode.TryLater, "the server is full; try again later",
                new Error(ErrorCodes.ServerFull, "this server has no room for another session; try again in a minute", Fatal: true));
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
            // The room may have added the member before or after the call failed.
            await LeaveAsync(session, "lost");
            throw;
        }

        directory.Remove(session);
        session.Dispose();
        connection.Close(CloseCode.RoomFull, "the room is full",
            new Error(
                ErrorCodes.RoomFull,
                $"the room is full ({settings.CurrentValue.Limits.RoomMembers} members); wait until someone leaves, or use another room",
                Fatal: true));
        return null;
    }

    /// <summary>Removes a session that has ended, and tells its room.</summary>
    public async Task EndedAsync(Session session, string reason)
    {
        directory.Remove(session);
        // A client that broke the rules loses the relay at once, not when its credential expires.
        if (reason == Session.Removed) ice.Revoke(session.Address.Member);
        metrics.SessionEnded(reason);
        log.SessionEnded(session.Address.Member, reason);
        await LeaveAsync(session, reason);
    }

    /// <summary>Makes a session's room renew its members.</summary>
    /// <returns>True on success.</returns>
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
            // Runs on timers, where no one catches exceptions. The room notices at its next renewal.
            log.LeaveFailed(session.Address.Member, failure);
        }
    }

    private IRoomGrain Room(Session session) => rooms.GetGrain<IRoomGrain>(session.Room);

    // 16 bytes for a member, 32 for a session's token: neither can be guessed.
    private static string RandomId(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}

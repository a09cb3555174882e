using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Options;
using Microsoft.Extensions.Options;

namespace Causeway.Signalling.Sessions;

/// <summary>The sessions of this node, found by member or by token, and limited in number.</summary>
internal sealed class SessionDirectory : IDisposable
{
    private readonly Lock _gate = new();
    private readonly int _most;
    private readonly IOptionsMonitor<SignallingOptions> _settings;
    private readonly Dictionary<string, Session> _byMember = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Session> _byToken = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Room, string Client), Session> _byClient = [];
    private readonly Dictionary<string, int> _rooms = new(StringComparer.Ordinal);

    public SessionDirectory(IOptions<SignallingOptions> started, IOptionsMonitor<SignallingOptions> settings, SignallingMetrics metrics)
    {
        (_most, _settings) = (started.Value.Limits.Sessions, settings);
        metrics.AddGauge("causeway.signalling.sessions", () => Sessions, "{session}", "Sessions, including those that wait for their client");
        metrics.AddGauge("causeway.signalling.rooms", () => Rooms, "{room}", "Rooms with members on this node");
    }

    /// <summary>How many sessions there are, those waiting for their client included.</summary>
    public int Sessions
    {
        get { lock (_gate) return _byMember.Count; }
    }

    /// <summary>How many rooms have members here.</summary>
    public int Rooms
    {
        get { lock (_gate) return _rooms.Count; }
    }

    /// <summary>The sessions of this moment.</summary>
    public IReadOnlyList<Session> All()
    {
        lock (_gate) return [.. _byMember.Values];
    }

    /// <summary>Adds a session. One that replaces an earlier session of its client, which is about to end, is not held to the limit.</summary>
    /// <returns>False when there are as many sessions, or rooms, as there may be.</returns>
    public bool TryAdd(Session session)
    {
        lock (_gate)
        {
            var inRoom = _rooms.GetValueOrDefault(session.Room);
            var full = _byMember.Count >= _most;
            if ((full && !Replaces(session)) || (inRoom == 0 && _rooms.Count >= _settings.CurrentValue.Limits.Rooms)) return false;
            _byMember.Add(session.Address.Member, session);
            if (session.Client is { } client) _byClient[(session.Room, client)] = session;
            _byToken.Add(Key(session.Token), session);
            _rooms[session.Room] = inRoom + 1;
            return true;
        }
    }

    /// <summary>Removes a session.</summary>
    public void Remove(Session session)
    {
        lock (_gate)
        {
            if (!_byMember.Remove(session.Address.Member)) return;
            _byToken.Remove(Key(session.Token));
            if (session.Client is { } client && _byClient.GetValueOrDefault((session.Room, client)) == session)
                _byClient.Remove((session.Room, client));
            if (--_rooms[session.Room] == 0) _rooms.Remove(session.Room);
        }
    }

    /// <summary>Finds the session of a member.</summary>
    public bool TryFind(string member, [NotNullWhen(true)] out Session? session)
    {
        lock (_gate) return _byMember.TryGetValue(member, out session);
    }

    /// <summary>Finds the session that a token belongs to.</summary>
    public bool TryFindByToken(string token, [NotNullWhen(true)] out Session? session)
    {
        lock (_gate) return _byToken.TryGetValue(Key(token), out session);
    }

    /// <summary>Stops the sessions' timers when the service is gone.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var session in _byMember.Values) session.Dispose();
        }
    }

    private bool Replaces(Session session) =>
        (session.Client is { } client && _byClient.ContainsKey((session.Room, client)))
        || (session.Replaces is { } replaced && _byClient.ContainsKey((session.Room, replaced)));

    // Looked up by hash, so that the time a look-up takes says nothing about how much of a guess was right.
    private static string Key(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

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
        metrics.AddGauge(
            "causeway.signalling.sessions", () => Sessions, "{session}", "Sessions, including those that wait for their client");
        metrics.AddGauge("causeway.signalling.rooms", () => Rooms, "{room}", "Rooms with members on this node");
    }

    /// <summary>Gets the number of sessions, including those that wait for their client.</summary>
    public int Sessions
    {
        get { lock (_gate) return _byMember.Count; }
    }

    /// <summary>Gets the number of rooms with members on this node.</summary>
    public int Rooms
    {
        get { lock (_gate) return _rooms.Count; }
    }

    /// <summary>Gets a snapshot of the sessions.</summary>
    public IReadOnlyList<Session> All()
    {
        lock (_gate) return [.. _byMember.Values];
    }

    /// <summary>
    /// Adds a session. A session that replaces one of its client, which is about to end, does not count against the limit.
    /// </summary>
    /// <returns>False if there are too many sessions or rooms.</returns>
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

    public bool TryFind(string member, [NotNullWhen(true)] out Session? session)
    {
        lock (_gate) return _byMember.TryGetValue(member, out session);
    }

    public bool TryFindByToken(string token, [NotNullWhen(true)] out Session? session)
    {
        lock (_gate) return _byToken.TryGetValue(Key(token), out session);
    }

    /// <summary>Stops the sessions' timers.</summary>
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

    // Looked up by hash, so that the time of a look-up does not show how much of a guess was right.
    private static string Key(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

using System.Collections.Concurrent;

namespace Causeway.Tests.Support.Aws;

/// <summary>
/// What happens to requests beside what they ask for. Actions are written as <c>ec2:DeleteVpc</c>, <c>ec2:*</c> or <c>*</c>.
/// </summary>
public sealed class Injection
{
    private readonly ConcurrentQueue<InjectedFault> _faults = new();

    /// <summary>Actions that the caller has no right to.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>Actions that are never answered.</summary>
    public HashSet<string> Silent { get; } = [];

    /// <summary>Runs before an action is carried out, outside of any lock: it may wait, change the account, or end the caller.</summary>
    public Func<ApiCall, Task>? Before { get; set; }

    /// <summary>For how many further reads of its list a deleted thing is still there.</summary>
    public int ReadsUntilDeletionShows { get; set; }

    /// <summary>For how many reads a changed set of tags is still the one before.</summary>
    public int ReadsUntilTagsShow { get; set; }

    /// <summary>For how many calls of GetResources a deleted thing is still listed.</summary>
    public int ListingsUntilDeletionShows { get; set; }

    /// <summary>Tells the first requests of an action that they are too many.</summary>
    public InjectedFault Throttle(string action, int first) => Add(new(action, FaultKind.Throttle) { Most = first });

    /// <summary>Tells each k-th request of an action that it is too many.</summary>
    public InjectedFault ThrottleEach(string action, int every) => Add(new(action, FaultKind.Throttle) { Every = every });

    /// <summary>Refuses an action for want of a right: always, the first requests only, or where the request names a resource.</summary>
    public InjectedFault Refuse(string action, string? resource = null, int first = int.MaxValue) =>
        Add(new(action, FaultKind.Refuse) { Resource = resource, Most = first });

    /// <summary>Refuses the first requests of an action with an error.</summary>
    public InjectedFault Fail(string action, int status, string code, int first = 1) =>
        Add(new(action, FaultKind.Fail) { Most = first, Status = status, Code = code });

    /// <summary>Cuts the connection of the first requests of an action before it has an effect.</summary>
    public InjectedFault CutBefore(string action, int first = 1) => Add(new(action, FaultKind.CutBefore) { Most = first });

    /// <summary>Cuts the connection of the first requests of an action after it had its effect.</summary>
    public InjectedFault CutAfter(string action, int first = 1) => Add(new(action, FaultKind.CutAfter) { Most = first });

    /// <summary>The fault that a request meets; null when it meets none.</summary>
    internal InjectedFault? Of(ApiCall call) => _faults.FirstOrDefault(fault => fault.Meets(call));

    private InjectedFault Add(InjectedFault fault)
    {
        _faults.Enqueue(fault);
        return fault;
    }
}

/// <summary>What is done to a request.</summary>
internal enum FaultKind
{
    Throttle,
    Refuse,
    Fail,
    CutBefore,
    CutAfter,
}

/// <summary>A fault that requests meet, and how often it was met.</summary>
public sealed class InjectedFault
{
    private readonly Lock _lock = new();
    private readonly string _action;
    private int _seen;

    internal InjectedFault(string action, FaultKind kind) => (_action, Kind) = (action, kind);

    /// <summary>How many requests met it.</summary>
    public int Count { get; private set; }

    internal FaultKind Kind { get; }

    internal int Most { get; init; } = int.MaxValue;

    internal int Every { get; init; } = 1;

    internal string? Resource { get; init; }

    internal int Status { get; init; }

    internal string Code { get; init; } = "";

    internal bool Ended { get; private set; }

    /// <summary>Ends it: later requests do not meet it.</summary>
    public void End() => Ended = true;

    internal bool Meets(ApiCall call)
    {
        var named = _action == "*" || _action == call.Action
            || (_action.EndsWith(":*", StringComparison.Ordinal) && _action[..^2] == call.Api.Prefix);
        if (Ended || !named || (Resource is not null && !call.Mentions(Resource))) return false;
        lock (_lock)
        {
            if (Count >= Most || ++_seen % Every != 0) return false;
            Count++;
            return true;
        }
    }
}

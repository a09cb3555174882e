namespace Causeway.Signalling.Relays;

/// <summary>
/// The generations whose place another one took: their relays are told to drain. A generation that is neither admitted nor retired is on its way up, and
/// waits for the gate; were it told to drain, the gate could never find it good.
/// </summary>
internal sealed class RetiredGenerations
{
    private const int Capacity = 64;

    private readonly List<string> _oldestFirst = [];

    /// <summary>Whether a generation is retired.</summary>
    public bool Contains(string generation) => _oldestFirst.Contains(generation);

    /// <summary>Other generations are admitted now.</summary>
    /// <param name="before">Those that were admitted until now.</param>
    /// <param name="present">Those that have relays now.</param>
    /// <param name="after">Those that are admitted from now on.</param>
    public void Change(IEnumerable<string> before, IEnumerable<string> present, IReadOnlyCollection<string> after)
    {
        foreach (var generation in before.Concat(present).Distinct().Where(generation => !after.Contains(generation) && !Contains(generation)).ToList()) _oldestFirst.Add(generation);
        _oldestFirst.RemoveAll(after.Contains);
        if (_oldestFirst.Count > Capacity) _oldestFirst.RemoveRange(0, _oldestFirst.Count - Capacity);
    }
}

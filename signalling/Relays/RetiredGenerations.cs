namespace Causeway.Signalling.Relays;

/// <summary>
/// The generations that another one has replaced: their relays drain. A generation that is neither admitted nor retired is starting and
/// waits for the gate; draining it would make the gate fail.
/// </summary>
internal sealed class RetiredGenerations
{
    private const int Capacity = 64;

    private readonly List<string> _oldestFirst = [];

    /// <summary>Whether a generation is retired.</summary>
    public bool Contains(string generation) => _oldestFirst.Contains(generation);

    /// <summary>Updates the retired generations for a new admission.</summary>
    /// <param name="before">Generations admitted so far.</param>
    /// <param name="present">Generations that have relays.</param>
    /// <param name="after">Generations admitted from now on.</param>
    public void Change(IEnumerable<string> before, IEnumerable<string> present, IReadOnlyCollection<string> after)
    {
        var retired = before.Concat(present).Distinct().Where(generation => !after.Contains(generation) && !Contains(generation));
        _oldestFirst.AddRange([.. retired]);
        _oldestFirst.RemoveAll(after.Contains);
        if (_oldestFirst.Count > Capacity) _oldestFirst.RemoveRange(0, _oldestFirst.Count - Capacity);
    }
}

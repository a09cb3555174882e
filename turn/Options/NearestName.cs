namespace Causeway.Turn.Options;

/// <summary>Finds the name that a misspelt one most likely means.</summary>
public static class NearestName
{
    /// <summary>
    /// The nearest of the names, ignoring case; null when all of them are farther away than <paramref name="maxDistance"/>.
    /// </summary>
    /// <param name="text">What was written.</param>
    /// <param name="names">The names that exist.</param>
    /// <param name="maxDistance">The most letters to add, remove or change (Levenshtein).</param>
    public static string? Of(string text, IEnumerable<string> names, int maxDistance) => names
        .Select(name => (Name: name, Distance: Distance(text.ToLowerInvariant(), name.ToLowerInvariant())))
        .Where(candidate => candidate.Distance <= maxDistance)
        .OrderBy(candidate => candidate.Distance)
        .Select(candidate => candidate.Name)
        .FirstOrDefault();

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}

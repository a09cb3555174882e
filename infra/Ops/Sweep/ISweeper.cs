using Causeway.Blueprint.Sweep;

namespace Causeway.Ops.Sweep;

/// <summary>What finds, reads and removes some kinds of resources in one region, or those that are in none.</summary>
internal interface ISweeper
{
    /// <summary>The region; <see cref="FoundResource.Global"/> for what is in none.</summary>
    string Region { get; }

    /// <summary>The kinds, by their names in <see cref="SweepKinds"/>.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Finds every resource of a kind with the project's tag, and those that may have it and whose tags cannot be read.</summary>
    /// <exception cref="RefusedException">They cannot be listed.</exception>
    Task<IReadOnlyList<FoundResource>> FindAsync(string kind, CancellationToken cancellation);

    /// <summary>Reads a resource again: its tags and its state now. Null when it is not there any more.</summary>
    /// <exception cref="RefusedException">It cannot be read.</exception>
    Task<FoundResource?> ReadAsync(FoundResource found, CancellationToken cancellation);

    /// <summary>Asks AWS to remove it, with what goes with it. May be called again at any time.</summary>
    /// <exception cref="RefusedException">AWS refuses.</exception>
    Task RemoveAsync(FoundResource found, CancellationToken cancellation);
}

/// <summary>What lists and reads have in common.</summary>
internal static class Pages
{
    /// <summary>How many pages of a list are read. A longer one is refused, rather than half known.</summary>
    public const int Most = 100;

    /// <summary>Reads all pages of a list.</summary>
    /// <param name="page">Asks for the page behind a token; null for the first one.</param>
    public static async Task<IReadOnlyList<T>> AllAsync<T>(Func<string?, Task<(IEnumerable<T>? Found, string? Next)>> page)
    {
        var (all, next) = (new List<T>(), (string?)null);
        for (var number = 0; number < Most; number++)
        {
            (var found, next) = await page(next);
            all.AddRange(found ?? []);
            if (string.IsNullOrEmpty(next)) return all;
        }
        throw new RefusedException(RefusalKind.Final, $"there are more than {Most} pages of them");
    }

    /// <summary>Reads a resource; null when AWS says that it is not there.</summary>
    public static async Task<FoundResource?> OrGoneAsync(Func<Task<FoundResource?>> read)
    {
        try
        {
            return await read();
        }
        catch (RefusedException refused) when (refused.Kind == RefusalKind.Gone)
        {
            return null;
        }
    }

    /// <summary>Reads a resource that was listed; one whose tags cannot be read is there all the same, with the reason.</summary>
    public static async Task<FoundResource?> OrUnreadAsync(FoundResource listed, Func<FoundResource, Task<FoundResource?>> read)
    {
        try
        {
            return await read(listed);
        }
        catch (RefusedException refused)
        {
            return listed with { Unread = refused.Message };
        }
    }

    /// <summary>A time of the SDK, which is local or UTC.</summary>
    public static DateTimeOffset? Utc(DateTime? time) => time?.ToUniversalTime() is { } utc ? new(utc, TimeSpan.Zero) : null;

    /// <summary>Takes a step of a removal that may have been taken before.</summary>
    public static async Task UnlessGoneAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (RefusedException refused) when (refused.Kind == RefusalKind.Gone)
        {
        }
    }
}

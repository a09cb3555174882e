using Causeway.Blueprint.Sweep;

namespace Causeway.Ops.Sweep;

/// <summary>Finds, reads and deletes some kinds of resources in a region, or global ones.</summary>
internal interface ISweeper
{
    /// <summary>Gets the region; <see cref="FoundResource.Global"/> for global resources.</summary>
    string Region { get; }

    /// <summary>Gets the kinds, by their names in <see cref="SweepKinds"/>.</summary>
    IReadOnlyList<string> Kinds { get; }

    /// <summary>Finds the resources of a kind with the project's tag, and those that may have it but whose tags can't be read.</summary>
    /// <exception cref="RefusedException">They can't be listed.</exception>
    Task<IReadOnlyList<FoundResource>> FindAsync(string kind, CancellationToken cancellation);

    /// <summary>Reads the current tags and state of a resource; null if it doesn't exist any more.</summary>
    /// <exception cref="RefusedException">It can't be read.</exception>
    Task<FoundResource?> ReadAsync(FoundResource found, CancellationToken cancellation);

    /// <summary>Starts the deletion of a resource with its parts. Can be repeated.</summary>
    /// <exception cref="RefusedException">AWS refuses.</exception>
    Task RemoveAsync(FoundResource found, CancellationToken cancellation);
}

/// <summary>Helpers for lists and reads.</summary>
internal static class Pages
{
    /// <summary>The maximum of pages of a list. Longer lists are an error.</summary>
    public const int Most = 100;

    /// <summary>Reads all pages of a list.</summary>
    /// <param name="page">Requests the page with a token; null for the first one.</param>
    public static async Task<IReadOnlyList<T>> AllAsync<T>(Func<string?, Task<(IEnumerable<T>? Found, string? Next)>> page)
    {
        var (all, next) = (new List<T>(), (string?)null);
        for (var number = 0; number < Most; number++)
        {
            (var found, next) = await page(next);
            all.AddRange(found ?? []);
            if (string.IsNullOrEmpty(next)) return all;
        }
        throw new RefusedException(RefusalKind.Final, $"the list has more than {Most} pages");
    }

    /// <summary>Reads a resource; null if it doesn't exist.</summary>
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

    /// <summary>Reads a listed resource. If its tags can't be read, the result has the reason.</summary>
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

    /// <summary>Converts a time of the SDK, which is local or UTC.</summary>
    public static DateTimeOffset? Utc(DateTime? time) => time?.ToUniversalTime() is { } utc ? new(utc, TimeSpan.Zero) : null;

    /// <summary>Runs a step of a deletion that may have been done before.</summary>
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

using Causeway.Blueprint.Sweep;

namespace Causeway.Ops.Sweep;

/// <summary>A sweeper of a kind that the tagging API lists, and that its own service reads and deletes.</summary>
/// <param name="index">The list.</param>
/// <param name="kind">The kind.</param>
/// <param name="region">The region; <see cref="FoundResource.Global"/> for health checks.</param>
internal abstract class TaggedSweeper(TagIndex index, string kind, string region) : ISweeper
{
    public string Region => region;

    public IReadOnlyList<string> Kinds { get; } = [kind];

    /// <summary>Gets the beginning of the kind's ARNs after the partition: <c>sns:</c>.</summary>
    protected abstract string Service { get; }

    public async Task<IReadOnlyList<FoundResource>> FindAsync(string kind, CancellationToken cancellation)
    {
        var arns = (await index.ListAsync(cancellation))
            .Where(arn => arn.Split(':', 3) is [_, _, var rest] && rest.StartsWith(Service, StringComparison.Ordinal));
        var found = await Task.WhenAll(arns.Select(arn => Pages.OrUnreadAsync(
            new() { Kind = kind, Id = IdOf(arn), Name = NameOf(arn), Region = region }, listed => ReadAsync(listed, cancellation))));
        return [.. found.OfType<FoundResource>()];
    }

    public Task<FoundResource?> ReadAsync(FoundResource found, CancellationToken cancellation) =>
        Pages.OrGoneAsync(() => TaggedAsync(found, cancellation));

    public abstract Task RemoveAsync(FoundResource found, CancellationToken cancellation);

    /// <summary>The id in the service's API.</summary>
    protected virtual string IdOf(string arn) => arn;

    protected abstract string NameOf(string arn);

    /// <summary>Reads the tags from the service; null if the resource is being deleted.</summary>
    protected abstract Task<FoundResource?> TaggedAsync(FoundResource found, CancellationToken cancellation);
}

using Causeway.Blueprint.Sweep;

namespace Causeway.Ops.Sweep;

/// <summary>A kind that the tagging API lists, and that its own service reads and removes by one signed request.</summary>
/// <param name="index">What is listed.</param>
/// <param name="kind">The kind.</param>
/// <param name="region">The region; <see cref="FoundResource.Global"/> for health checks.</param>
internal abstract class TaggedSweeper(TagIndex index, string kind, string region) : ISweeper
{
    /// <inheritdoc />
    public string Region => region;

    /// <inheritdoc />
    public IReadOnlyList<string> Kinds { get; } = [kind];

    /// <summary>What the ARNs of the kind begin with, behind the partition: <c>sns:us-east-1:</c>.</summary>
    protected abstract string Service { get; }

    /// <inheritdoc />
    public async Task<IReadOnlyList<FoundResource>> FindAsync(string kind, CancellationToken cancellation)
    {
        var arns = (await index.ListAsync(cancellation))
            .Where(arn => arn.Split(':', 3) is [_, _, var rest] && rest.StartsWith(Service, StringComparison.Ordinal));
        var found = await Task.WhenAll(arns.Select(arn => Pages.OrUnreadAsync(
            new() { Kind = kind, Id = IdOf(arn), Name = NameOf(arn), Region = region }, listed => ReadAsync(listed, cancellation))));
        return [.. found.OfType<FoundResource>()];
    }

    /// <inheritdoc />
    public Task<FoundResource?> ReadAsync(FoundResource found, CancellationToken cancellation) =>
        Pages.OrGoneAsync(() => TaggedAsync(found, cancellation));

    /// <inheritdoc />
    public abstract Task RemoveAsync(FoundResource found, CancellationToken cancellation);

    /// <summary>What the service's calls know it by.</summary>
    protected virtual string IdOf(string arn) => arn;

    /// <summary>Its name.</summary>
    protected abstract string NameOf(string arn);

    /// <summary>Reads its tags from its own service; null when it is being removed.</summary>
    protected abstract Task<FoundResource?> TaggedAsync(FoundResource found, CancellationToken cancellation);
}

namespace Causeway.Blueprint.Limits;

public enum LimitUnit
{
    Characters,

    /// <summary>Characters without whitespace, as IAM counts policies.</summary>
    CharactersWithoutSpace,

    Bytes,

    /// <summary>Tags, including <c>Name</c> and the provider's default tags.</summary>
    Tags,
}

/// <summary>A limit of AWS.</summary>
/// <param name="Kind">The kind of resource, as in <see cref="Inventory"/>.</param>
/// <param name="Property">Pulumi's name of the input.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Most">The maximum.</param>
/// <param name="Source">Where AWS documents it.</param>
/// <param name="Form">A regular expression of allowed texts; null for any.</param>
public sealed record AwsLimit(string Kind, string Property, LimitUnit Unit, int Most, string Source, string? Form = null);

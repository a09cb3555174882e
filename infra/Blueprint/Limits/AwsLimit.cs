namespace Causeway.Blueprint.Limits;

/// <summary>What of a value AWS counts.</summary>
public enum LimitUnit
{
    Characters,

    /// <summary>Characters but spaces and line ends, as IAM counts policies.</summary>
    CharactersWithoutSpace,

    Bytes,

    /// <summary>Tags, <c>Name</c> and the provider's default tags among them.</summary>
    Tags,
}

/// <summary>How much of something AWS takes.</summary>
/// <param name="Kind">Of what resource, as <see cref="Inventory"/> calls it.</param>
/// <param name="Property">Of which input, as Pulumi calls it.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Most">How many there may be.</param>
/// <param name="Source">Where AWS says so.</param>
/// <param name="Form">The characters that may stand there, as a regular expression; null: any.</param>
public sealed record AwsLimit(string Kind, string Property, LimitUnit Unit, int Most, string Source, string? Form = null);

namespace Causeway.Turn.Options;

/// <summary>Marks a setting whose value must not be shown, as in <c>causeway-relay --check</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretAttribute : Attribute;

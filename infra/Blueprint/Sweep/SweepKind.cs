namespace Causeway.Blueprint.Sweep;

/// <summary>A kind of resource that the sweep finds and removes.</summary>
/// <param name="Name">The name, as in <see cref="Inventory"/>.</param>
/// <param name="After">The kinds that are removed first, because AWS requires it or something would be left.</param>
/// <param name="Finds">The rights to find it and to read its tags.</param>
/// <param name="Removes">The rights to remove it.</param>
/// <param name="Commands">The commands that remove one by hand, in order.</param>
public sealed record SweepKind(
    string Name, IReadOnlyList<string> After, IReadOnlyList<string> Finds, IReadOnlyList<string> Removes,
    Func<FoundResource, IReadOnlyList<string>> Commands);

/// <summary>How the sweep removes a type of resource that the program registers.</summary>
/// <param name="Type">The type in Pulumi, like <c>aws:ec2/vpc:Vpc</c>.</param>
/// <param name="Kind">The kind that it is, or that it is removed with.</param>
/// <param name="Itself">Whether it is found by itself.</param>
public sealed record SweptType(string Type, string Kind, bool Itself);

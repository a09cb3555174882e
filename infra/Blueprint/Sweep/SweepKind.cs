namespace Causeway.Blueprint.Sweep;

/// <summary>A kind of resource that the sweep finds and removes by itself.</summary>
/// <param name="Name">What it is, as <see cref="Inventory"/> calls it.</param>
/// <param name="After">The kinds that are removed before it: AWS refuses it while they are there, or something would be lost or left
/// otherwise.</param>
/// <param name="Finds">The rights that finding it and reading its tags takes.</param>
/// <param name="Removes">The rights that removing it takes.</param>
/// <param name="Commands">The commands that remove one by hand, in the order that works.</param>
public sealed record SweepKind(
    string Name, IReadOnlyList<string> After, IReadOnlyList<string> Finds, IReadOnlyList<string> Removes,
    Func<FoundResource, IReadOnlyList<string>> Commands);

/// <summary>How the sweep knows a type of resource that the program registers.</summary>
/// <param name="Type">The type in Pulumi, as <c>aws:ec2/vpc:Vpc</c>.</param>
/// <param name="Kind">The kind that it is found as, or that it goes with: AWS removes it, or the sweep does as a step of removing
/// that.</param>
/// <param name="Itself">Whether it is found itself.</param>
public sealed record SweptType(string Type, string Kind, bool Itself);

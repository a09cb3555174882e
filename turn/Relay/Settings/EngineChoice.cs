using System.Diagnostics.CodeAnalysis;
using Causeway.Turn.Engines;
using Causeway.Turn.Engines.Portable;

namespace Causeway.Relay.Settings;

/// <summary>An engine that the relay can run on. This is the only list of them.</summary>
/// <param name="Name">Its name in <c>relay.engine</c>.</param>
/// <param name="Bind">Makes it.</param>
/// <param name="IsSupported">Whether this machine can run it.</param>
internal sealed record EngineChoice(string Name, BindEngine Bind, Func<bool> IsSupported)
{
    /// <summary>Takes the first engine of the list that this machine can run.</summary>
    public const string Auto = "auto";

    // Fastest first.
    private static readonly EngineChoice[] All =
    [
        new("portable", PortableEngine.Bind, () => true),
    ];

    /// <summary>The values of <c>relay.engine</c>.</summary>
    public static IEnumerable<string> Names => [Auto, .. All.Select(engine => engine.Name)];

    /// <summary>The engine for a value of <c>relay.engine</c>.</summary>
    /// <returns>False when no engine has this name, or this machine can't run it.</returns>
    public static bool TryFind(string name, [NotNullWhen(true)] out EngineChoice? engine)
    {
        engine = Array.Find(All, one => (name == Auto || name == one.Name) && one.IsSupported());
        return engine is not null;
    }
}

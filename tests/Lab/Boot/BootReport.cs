using System.Diagnostics;
using System.Globalization;
using System.Text;
using Causeway.Lab.Machine;

namespace Causeway.Lab.Boot;

/// <summary>The boots that the report has a column for.</summary>
public enum BootKind
{
    /// <summary>A fresh stack: no certificate is kept, the authority issues one.</summary>
    First,

    /// <summary>A new disk in a stack that has its certificate.</summary>
    Rebuilt,

    /// <summary>The same disk again.</summary>
    Again,
}

/// <summary>How long after power-on a step was done.</summary>
/// <param name="Name">The step, as the report calls it.</param>
/// <param name="At">Since power-on; null when this boot has no such step.</param>
public sealed record BootStep(string Name, TimeSpan? At);

/// <summary>What a fault on the way came to.</summary>
/// <param name="Fault">What was broken.</param>
/// <param name="Console">The host's message on its console.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record BootFault(string Fault, string Console, string Outcome);

/// <summary>Collects what the tests of this folder found, and writes <c>docs/boot.md</c> when each kind of boot was among them.</summary>
public sealed class BootReport : IDisposable
{
    private readonly Stopwatch _running = Stopwatch.StartNew();
    private readonly SortedDictionary<BootKind, IReadOnlyList<BootStep>> _boots = [];
    private readonly List<(string What, string Found)> _seen = [];
    private readonly List<BootFault> _faults = [];

    /// <summary>Adds a boot that went well.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="steps">Its steps, the same ones in the same order for each boot.</param>
    public void Add(BootKind kind, IReadOnlyList<BootStep> steps)
    {
        _boots[kind] = steps;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', steps.Select(step => $"{Seconds(step.At),8}  {step.Name}")));
    }

    /// <summary>Adds what was asserted about a booted host.</summary>
    /// <param name="what">What was asked.</param>
    /// <param name="found">The answer.</param>
    public void Add(string what, string found)
    {
        _seen.Add((what, found));
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {found}");
    }

    /// <summary>Adds what a fault came to.</summary>
    public void Add(BootFault fault)
    {
        _faults.Add(fault);
        TestContext.Current.TestOutputHelper?.WriteLine(fault.ToString());
    }

    /// <summary>Writes the document, unless a kind of boot was not tried.</summary>
    public void Dispose()
    {
        if (_boots.Count == Enum.GetValues<BootKind>().Length) File.WriteAllText(Checkout.At("docs", "boot.md"), Render());
    }

    private string Render()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Boot

            Does an instance come up without help? The user-data, scripts and units that the plan renders boot a real Debian in
            `systemd-nspawn`. Around it are a metadata service, S3, Secrets Manager and Route 53, which check each request's signature and
            the role's permissions as the plan grants them, name servers, and an ACME authority (`pebble`) under Let's Encrypt's name.

            `script/lab boot` writes this file. Last written on {DateTime.UtcNow:yyyy-MM-dd}.
            The boots, including their networks, took {Duration.InWords(_running.Elapsed)} on {Environment.ProcessorCount} cores.

            ## From power-on to ready

            Here the instance's image already has the packages, the authority validates and issues immediately, and name servers have a
            record immediately. On AWS a first boot also takes the time of these: packages, installed while the host is prepared; Route 53,
            which usually publishes a record within a minute; and the authority, a few seconds with Let's Encrypt.

            Seconds after power-on at which each step was done:

            | step | {string.Join(" | ", _boots.Keys.Select(Title))} |
            |---|{string.Concat(_boots.Select(_ => "---:|"))}

            """);
        foreach (var (step, row) in _boots[BootKind.First].Select((step, row) => (step, row)))
            text.Append(CultureInfo.InvariantCulture,
                $"| {step.Name} | {string.Join(" | ", _boots.Values.Select(boot => Seconds(boot[row].At)))} |\n");

        text.Append("\n## From outside\n\n| check | result |\n|---|---|\n");
        foreach (var (what, found) in _seen) text.Append(CultureInfo.InvariantCulture, $"| {what} | {found} |\n");

        if (_faults.Count == 0) return text.ToString();
        text.Append("\n## Faults\n\nThe console's message when something on the way is broken. No host reports ready before it is.\n\n");
        text.Append("| fault | on the console | outcome |\n|---|---|---|\n");
        foreach (var fault in _faults)
            text.Append(CultureInfo.InvariantCulture, $"| {fault.Fault} | `` {fault.Console} `` | {fault.Outcome} |\n");
        return text.ToString();
    }

    private static string Title(BootKind kind) => kind switch
    {
        BootKind.First => "first boot, asks ACME",
        BootKind.Rebuilt => "rebuilt host, new disk",
        BootKind.Again => "same disk again",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static string Seconds(TimeSpan? at) =>
        at is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1}") : "";
}

/// <summary>The tests that boot an instance: one report for all of them.</summary>
[CollectionDefinition(Name)]
public sealed class Booting : ICollectionFixture<BootReport>
{
    public const string Name = "boot";
}

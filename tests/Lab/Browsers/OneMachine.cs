using Causeway.Lab.Machine;
using Microsoft.Playwright;

namespace Causeway.Lab.Browsers;

/// <summary>The product and two browsers on this machine, shared by the tests that need no others.</summary>
public sealed class OneMachine : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private LocalService? _service;
    private IBrowser? _first;
    private IBrowser? _second;

    internal LocalService Service => _service!;

    internal IPlaywright Playwright => _playwright!;

    internal IBrowser First => _first!;

    internal IBrowser Second => _second!;

    public async ValueTask InitializeAsync()
    {
        if (Chromium.Missing is not null) return; // Each test skips itself.
        _playwright = await Microsoft.Playwright.Playwright.CreateAsync();
        _service = await LocalService.StartAsync();
        _first = await Chromium.LaunchAsync(_playwright);
        _second = await Chromium.LaunchAsync(_playwright);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_first is not null) await _first.CloseAsync();
            if (_second is not null) await _second.CloseAsync();
            _playwright?.Dispose();
        }
        finally
        {
            if (_service is not null) await _service.DisposeAsync();
        }
    }

    /// <summary>A room that no other test uses.</summary>
    internal static string NewRoom(string name) => $"{name}-{Guid.NewGuid():N}"[..Math.Min(64, name.Length + 9)];
}

/// <summary>The tests that share <see cref="OneMachine"/>.</summary>
[CollectionDefinition(Name)]
public sealed class OneMachineTests : ICollectionFixture<OneMachine>
{
    public const string Name = "one machine";
}

/// <summary>
/// The tests that start, stop or cut off services of their own, and need only browsers; they run beside <see cref="OneMachineTests"/>.
/// </summary>
[CollectionDefinition(Name)]
public sealed class OwnServicesTests : ICollectionFixture<OneMachine>
{
    public const string Name = "services of their own";
}

using Causeway.Lab.Network;
using Microsoft.Playwright;

namespace Causeway.Lab.Browsers;

/// <summary>
/// Browsers that are kept between calls, one for each host, because starting one takes longer than a call. Every call has its own context.
/// When there are too many, the least recently used one is closed.
/// </summary>
internal sealed class BrowserPool(Func<Host, Task<IBrowser>> launch, int atMost) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = []; // The one used last is at the end.

    /// <summary>A host's browser, which is kept until what is returned is disposed.</summary>
    public async Task<Lease> TakeAsync(Host host)
    {
        var (entry, surplus) = Choose(host);
        if (surplus is not null) await CloseAsync(surplus);
        try
        {
            return new(await entry.Browser, () => Release(entry));
        }
        catch
        {
            lock (_lock) _entries.Remove(entry);
            throw;
        }
    }

    /// <summary>Closes all browsers, none of which is used: those who come next have new ones.</summary>
    public async Task CloseAllAsync()
    {
        List<Entry> all;
        lock (_lock)
        {
            all = [.. _entries];
            _entries.Clear();
        }

        foreach (var entry in all) await CloseAsync(entry);
    }

    public async ValueTask DisposeAsync() => await CloseAllAsync();

    private (Entry Entry, Entry? Surplus) Choose(Host host)
    {
        lock (_lock)
        {
            // One that crashed in the last call is none.
            _entries.RemoveAll(entry => entry.Browser is { IsCompletedSuccessfully: true, Result.IsConnected: false });
            var entry = _entries.Find(entry => ReferenceEquals(entry.Host, host)) ?? new(host, launch(host));
            entry.Users++;
            _entries.Remove(entry);
            _entries.Add(entry);
            var surplus = _entries.Count > atMost ? _entries.Find(entry => entry.Users == 0) : null;
            if (surplus is not null) _entries.Remove(surplus);
            return (entry, surplus);
        }
    }

    private void Release(Entry entry)
    {
        lock (_lock) entry.Users--;
    }

    private static async Task CloseAsync(Entry entry)
    {
        if (await Task.WhenAny(entry.Browser) is { IsCompletedSuccessfully: true }) await (await entry.Browser).CloseAsync();
    }

    /// <summary>The right to use a browser.</summary>
    internal sealed class Lease(IBrowser browser, Action release) : IDisposable
    {
        private Action? _release = release;

        /// <summary>The browser.</summary>
        public IBrowser Browser { get; } = browser;

        public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
    }

    private sealed class Entry(Host host, Task<IBrowser> browser)
    {
        public Host Host { get; } = host;

        public Task<IBrowser> Browser { get; } = browser;

        public int Users { get; set; }
    }
}

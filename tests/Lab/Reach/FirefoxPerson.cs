using System.Diagnostics;
using System.Text.Json;
using Causeway.Lab.Browsers;
using Causeway.Lab.Network;

namespace Causeway.Lab.Reach;

/// <summary>A person with Firefox.</summary>
internal sealed class FirefoxPerson : IPerson
{
    /// <summary>
    /// The networks in which one with Chromium calls one with Firefox: once over UDP, and once, for the one with Firefox, over TLS
    /// (<c>turns:</c>).
    /// </summary>
    public static IReadOnlyList<Pair> Pairs { get; } = [new(Access.SymmetricNat, Access.SymmetricNat),
        new(Access.FriendlyNat, Access.Only443)];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Testbed _testbed;
    private readonly Firefox _firefox;

    private FirefoxPerson(Testbed testbed, Firefox firefox) => (_testbed, _firefox) = (testbed, firefox);

    /// <summary>Starts the browser.</summary>
    public static async Task<IPerson> StartAsync(Testbed testbed, Host host)
    {
        Assert.SkipWhen(Firefox.Missing is not null, Firefox.Missing ?? "");
        return new FirefoxPerson(testbed, await Firefox.LaunchAsync(testbed, host));
    }

    public Task OpenAsync(Uri room) => _firefox.Window.NavigateAsync(room);

    public async Task JoinAsync(string name)
    {
        await BecomesAsync("document.body.dataset.screen === 'lobby'", Patience);
        await DoAsync($"document.getElementById('name').value = {Text(name)}; document.getElementById('join').click()");
        await BecomesAsync("!document.getElementById('call').hidden", Patience);
    }

    public Task<bool> ConnectsAsync(TimeSpan within) =>
        IsAsync("document.querySelector('#tiles .tile[data-connection=connected]') !== null", within);

    // Firefox counts no frames on the video element of a call; the page shows those of the connection's statistics.
    public Task SeesAsync() =>
        BecomesAsync(
            "document.querySelector('#tiles video')?.currentTime > 0 && Number(document.querySelector('#tiles .tile').dataset.frames) > 0",
                Patience);

    public async Task<int> FramesIn3SecondsAsync() => (await _firefox.Window.EvaluateAsync(
        """
        (async () => {
          const frames = () => Number(document.querySelector('#tiles .tile').dataset.frames);
          const before = frames();
          await new Promise(done => setTimeout(done, 3000));
          return frames() - before;
        })()
        """))!.GetValue<int>();

    public Task SaysAsync(string text) => DoAsync(
        "if (document.getElementById('chat').hidden) document.getElementById('toggle-chat').click(); "
        + $"document.getElementById('chat-text').value = {Text(text)}; document.getElementById('chat-send').click()");

    public Task ReadsAsync(string text) =>
        BecomesAsync(
            "[...document.querySelectorAll('.message[data-own=false] .message-text')]"
            + $".some(message => message.textContent.includes({Text(text)}))", Patience);

    public async Task OffersAsync(string name, byte[] content)
    {
        var file = Path.Combine(_testbed.Scratch, name);
        await File.WriteAllBytesAsync(file, content);
        await _firefox.Window.ChooseFileAsync("#file-input", file);
    }

    // The page computes the hash over what arrived, and shows "done" only when it is what the sender announced.
    public async Task<string> AcceptsAsync()
    {
        await BecomesAsync("document.querySelector('.transfer[data-state=offered] button.primary') !== null", Patience);
        await DoAsync("document.querySelector('.transfer[data-state=offered] button.primary').click()");
        await BecomesAsync("document.querySelector('.transfer[data-direction=in][data-state=done]') !== null", Patience);
        return (await _firefox.Window.EvaluateAsync(
            "document.querySelector('.transfer[data-direction=in][data-state=done]').dataset.sha256"))!.GetValue<string>();
    }

    public async Task<string> PathAsync()
    {
        await BecomesAsync("document.querySelector('#tiles .tile')?.dataset.path !== undefined", Patience);
        return (await _firefox.Window.EvaluateAsync("document.querySelector('#tiles .tile').dataset.path"))!.GetValue<string>();
    }

    public ValueTask DisposeAsync() => _firefox.DisposeAsync();

    private async Task DoAsync(string statements) => await _firefox.Window.EvaluateAsync($"(() => {{ {statements}; }})()");

    private async Task BecomesAsync(string condition, TimeSpan within)
    {
        if (!await IsAsync(condition, within))
            throw new TimeoutException($"in Firefox this did not become true within {within.TotalSeconds} s: {condition}");
    }

    private async Task<bool> IsAsync(string condition, TimeSpan within)
    {
        var waiting = Stopwatch.StartNew();
        while (waiting.Elapsed < within)
        {
            if ((await _firefox.Window.EvaluateAsync(condition))?.TryGetValue<bool>(out var holds) == true && holds) return true;
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }

        return false;
    }

    private static string Text(string text) => JsonSerializer.Serialize(text);
}

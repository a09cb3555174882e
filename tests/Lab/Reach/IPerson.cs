namespace Causeway.Lab.Reach;

/// <summary>A person with a browser, in the words of a call.</summary>
internal interface IPerson : IAsyncDisposable
{
    /// <summary>Opens a room's page.</summary>
    Task OpenAsync(Uri room);

    /// <summary>Joins from the lobby.</summary>
    Task JoinAsync(string name);

    /// <summary>Whether the page shows within this time that the other person is connected.</summary>
    Task<bool> ConnectsAsync(TimeSpan within);

    /// <summary>Waits until the other one's picture is there.</summary>
    Task SeesAsync();

    /// <summary>The frames decoded in the next three seconds.</summary>
    Task<int> FramesIn3SecondsAsync();

    /// <summary>Writes to everyone.</summary>
    Task SaysAsync(string text);

    /// <summary>Waits for the other one's message.</summary>
    Task ReadsAsync(string text);

    /// <summary>Offers a file to everyone.</summary>
    Task OffersAsync(string name, byte[] content);

    /// <summary>
    /// Accepts the file that is offered, waits for all of it, and gives the SHA-256 of what arrived, in lower-case hexadecimal.
    /// </summary>
    Task<string> AcceptsAsync();

    /// <summary>The path of the media, as the page shows it.</summary>
    Task<string> PathAsync();
}

namespace Causeway.Ops.Check;

/// <summary>The environment to check: a name, a name with a port, or a URL.</summary>
/// <param name="Page">The address of the page, without a path.</param>
public sealed record CheckTarget(Uri Page)
{
    /// <summary>Gets the name or literal address.</summary>
    public string Host => Page.DnsSafeHost;

    /// <summary>Gets whether the page is served over TLS.</summary>
    public bool Secure => Page.Scheme == Uri.UriSchemeHttps;

    /// <summary>Gets the URL of the WebSocket.</summary>
    public Uri WebSocket => new UriBuilder(Page) { Scheme = Secure ? "wss" : "ws", Path = "/ws" }.Uri;

    /// <summary>Parses an address. The scheme defaults to HTTPS.</summary>
    /// <exception cref="OpsException">The address is invalid.</exception>
    public static CheckTarget Parse(string address)
    {
        var text = address.Contains("://", StringComparison.Ordinal) ? address : $"https://{address}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
        {
            throw new OpsException(
                $"invalid address '{address}'; pass a name such as call.example.org, or a URL such as http://127.0.0.1:8080",
                OpsException.Wrong);
        }
        return new(new Uri(uri.GetLeftPart(UriPartial.Authority)));
    }
}

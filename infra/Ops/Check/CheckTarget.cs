namespace Causeway.Ops.Check;

/// <summary>The environment to check, from what a person typed: a name, a name with a port, or a URL.</summary>
/// <param name="Page">The address of the page, without a path.</param>
public sealed record CheckTarget(Uri Page)
{
    /// <summary>The name or literal address.</summary>
    public string Host => Page.DnsSafeHost;

    /// <summary>Whether the page is served over TLS.</summary>
    public bool Secure => Page.Scheme == Uri.UriSchemeHttps;

    /// <summary>The WebSocket's address.</summary>
    public Uri WebSocket => new UriBuilder(Page) { Scheme = Secure ? "wss" : "ws", Path = "/ws" }.Uri;

    /// <summary>Reads an address; without a scheme, HTTPS is meant.</summary>
    /// <exception cref="OpsException">It is none.</exception>
    public static CheckTarget Parse(string address)
    {
        var text = address.Contains("://", StringComparison.Ordinal) ? address : $"https://{address}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0)
            throw new OpsException($"'{address}' is no address; write a name such as call.example.org, or a URL such as http://127.0.0.1:8080", OpsException.Wrong);
        return new(new Uri(uri.GetLeftPart(UriPartial.Authority)));
    }
}

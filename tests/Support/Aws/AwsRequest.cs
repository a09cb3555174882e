using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Causeway.Tests.Support.Aws;

/// <summary>A request as its signature sees it; names of headers in lower case, the query without its question mark.</summary>
public sealed record AwsRequest(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    private IReadOnlyDictionary<string, string>? _parameters;

    /// <summary>A request that came to a server: path and query with the escapes that its sender chose, which it signed.</summary>
    public static AwsRequest Of(HttpRequest request, byte[] body)
    {
        var target = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } raw && raw[0] == '/'
            ? raw
            : request.Path.ToUriComponent() + request.QueryString.ToUriComponent();
        var parts = target.Split('?', 2);
        return new(request.Method, parts[0], parts.Length > 1 ? parts[1] : "",
            request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()), body);
    }

    /// <summary>A header; empty when it is not there.</summary>
    public string Header(string name) => Headers.GetValueOrDefault(name, "");

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The path's segments, without their escapes.</summary>
    public string[] Segments => [.. Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];

    /// <summary>The query's parameters, without their escapes.</summary>
    public IReadOnlyDictionary<string, string> Parameters => _parameters ??= Query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(
            pair => Uri.UnescapeDataString(pair[0]), pair => pair.Length > 1 ? Uri.UnescapeDataString(pair[1].Replace('+', ' ')) : "");
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Causeway.Relay.Admin;

/// <summary>Marks routes for the relay's operators; <see cref="AdminAccess"/> checks who asks.</summary>
internal sealed class OperatorsOnly
{
    public static OperatorsOnly Instance { get; } = new();
}

/// <summary>
/// Who may use the operators' routes: programs on this host if the interface is on loopback and there are no tokens, else everyone with
/// a token. Never a web page, which a browser on this host, or on the operator's, may show:
/// <list type="number">
/// <item>without a token the Host header must name loopback, so that a page can't reach the interface under its own name (DNS
/// rebinding);</item>
/// <item>a request that a browser marks as another site's is refused;</item>
/// <item>a request that changes something must have a JSON content type or the header <see cref="Header"/>, which a page can only send
/// after asking (CORS), and no such question is answered.</item>
/// </list>
/// </summary>
/// <param name="address">The address that the interface listens on.</param>
/// <param name="tokens">The tokens, which a reload changes.</param>
internal sealed class AdminAccess(IPAddress address, Func<IReadOnlyList<string>> tokens)
{
    /// <summary>The header that shows that a request was not made by a form of a web page; its value doesn't matter.</summary>
    public const string Header = "Causeway-Admin";

    private const string Scheme = "Bearer ";

    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OperatorsOnly>() is null || Refuse(context.Request) is not { } refusal)
        {
            await next(context);
            return;
        }

        if (refusal.Status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        await Results.Problem(refusal.Mistake, statusCode: refusal.Status).ExecuteAsync(context);
    }

    private (int Status, string Mistake)? Refuse(HttpRequest request)
    {
        var known = tokens();
        if (known.Count > 0 || !IPAddress.IsLoopback(address))
        {
            if (!HasToken(request, known))
                return (StatusCodes.Status401Unauthorized, "the request has no valid token; send 'Authorization: Bearer TOKEN' with one of "
                    + "relay.adminTokenFile");
        }
        else if (!IsLoopback(request.Host.Host))
        {
            return (StatusCodes.Status421MisdirectedRequest, "the Host header doesn't name loopback; use http://127.0.0.1, http://[::1] or "
                + "http://localhost, or set relay.adminTokenFile");
        }

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (request.Headers.Origin.Count > 0 || site is not ("" or "none" or "same-origin"))
            return (StatusCodes.Status403Forbidden, "requests of web pages are refused");

        return IsReading(request) || request.HasJsonContentType() || request.Headers.ContainsKey(Header)
            ? null
            : (StatusCodes.Status415UnsupportedMediaType, $"a change needs 'Content-Type: application/json' or the header '{Header}: 1'");
    }

    private static bool IsReading(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));

    private static bool HasToken(HttpRequest request, IReadOnlyList<string> known)
    {
        var value = request.Headers.Authorization.ToString();
        if (!value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;

        // Hashes have one length, so the comparison tells nothing about the token's.
        var given = Hash(value[Scheme.Length..].Trim());
        var found = false;
        foreach (var token in known) found |= CryptographicOperations.FixedTimeEquals(given, Hash(token));
        return found;
    }

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

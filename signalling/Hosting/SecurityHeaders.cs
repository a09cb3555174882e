namespace Causeway.Signalling.Hosting;

/// <summary>The headers that restrict what pages may do in the browser.</summary>
internal static class SecurityHeaders
{
    // Only ES modules and style sheets of this host; blob: for files that people send each other.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        + "connect-src 'self'; font-src 'self'; "
        + "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    // The address contains the room's name: no-referrer keeps it from other sites.
    private static readonly (string Name, string Value)[] Headers =
    [
        ("Content-Security-Policy", ContentSecurityPolicy),
        ("Permissions-Policy",
            "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self), "
            + "geolocation=(), payment=(), usb=()"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    // Browsers use only TLS from then on (RFC 6797). Only for this host: its subdomains are unknown.
    private const string StrictTransportSecurity = "max-age=31536000";

    /// <summary>Adds the headers to every answer.</summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        // Developers serve other things without TLS under the same name.
        var strict = !app.Environment.IsDevelopment();
        app.Use((context, next) =>
        {
            foreach (var (name, value) in Headers) context.Response.Headers[name] = value;
            if (strict && context.Request.IsHttps) context.Response.Headers.StrictTransportSecurity = StrictTransportSecurity;
            return next(context);
        });
    }
}

namespace Causeway.Signalling.Hosting;

/// <summary>What every answer tells the browser about what its page may do.</summary>
internal static class SecurityHeaders
{
    // Plain ES modules and style sheets of this host and nothing else; blob: for what people send each other.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; "
        + "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    // The room's name is in the address: nobody else learns it from a Referer.
    private static readonly (string Name, string Value)[] Headers =
    [
        ("Content-Security-Policy", ContentSecurityPolicy),
        ("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), fullscreen=(self), geolocation=(), payment=(), usb=()"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ];

    // A page once had over TLS is not asked for without it again (RFC 6797). Only for this host: nothing is known of others below its name.
    private const string StrictTransportSecurity = "max-age=31536000";

    /// <summary>Adds the headers to every answer.</summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        // Whoever tries something out on a machine serves other things without TLS under the same name.
        var strict = !app.Environment.IsDevelopment();
        app.Use((context, next) =>
        {
            foreach (var (name, value) in Headers) context.Response.Headers[name] = value;
            if (strict && context.Request.IsHttps) context.Response.Headers.StrictTransportSecurity = StrictTransportSecurity;
            return next(context);
        });
    }
}

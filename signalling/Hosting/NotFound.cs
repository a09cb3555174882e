using Causeway.Signalling.Diagnostics;
using Microsoft.Extensions.FileProviders;

namespace Causeway.Signalling.Hosting;

/// <summary>The answer for an unknown address: where the start page and the rooms are.</summary>
internal static class NotFound
{
    /// <summary>The page for browsers.</summary>
    public const string Page = "/404.html";

    private const string Text = "404: not found; the start page is /, a room is /r/NAME, the server's health is /healthz";

    /// <summary>Answers 404: with a page if the client accepts HTML, with a line of text otherwise.</summary>
    /// <param name="context">The request.</param>
    /// <param name="page">The page; null if there is none.</param>
    public static Task AnswerAsync(HttpContext context, IFileInfo? page)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (page is null || !TakesHtml(context.Request)) return TextAnswer.WriteAsync(context, StatusCodes.Status404NotFound, Text);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.SendFileAsync(page, context.RequestAborted);
    }

    private static bool TakesHtml(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));
}

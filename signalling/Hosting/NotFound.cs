using Microsoft.Extensions.FileProviders;

namespace Causeway.Signalling.Hosting;

/// <summary>The answer to a request for what is not here: where the start page is, and how a room's address looks.</summary>
internal static class NotFound
{
    /// <summary>The file that browsers are shown.</summary>
    public const string Page = "/404.html";

    private const string Text = "nothing is at this address; the start page is /, a room is /r/NAME, the server's health is /healthz";

    /// <summary>Answers 404: with a page if the client takes HTML, with a line of text otherwise.</summary>
    /// <param name="context">The request.</param>
    /// <param name="page">The page; null when there is none.</param>
    public static Task AnswerAsync(HttpContext context, IFileInfo? page)
    {
        if (page is null || !TakesHtml(context.Request)) return AnswerAsync(context, Text);
        Begin(context.Response, "text/html");
        return context.Response.SendFileAsync(page, context.RequestAborted);
    }

    /// <summary>Answers 404 with a line of text.</summary>
    public static Task AnswerAsync(HttpContext context, string text)
    {
        Begin(context.Response, "text/plain");
        return context.Response.WriteAsync($"404: {text}\n", context.RequestAborted);
    }

    private static void Begin(HttpResponse response, string type)
    {
        response.StatusCode = StatusCodes.Status404NotFound;
        response.Headers.CacheControl = "no-store";
        response.ContentType = $"{type}; charset=utf-8";
    }

    private static bool TakesHtml(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));
}

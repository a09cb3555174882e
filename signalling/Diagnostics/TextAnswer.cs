namespace Causeway.Signalling.Diagnostics;

/// <summary>Answers a request with a status and one line of text: what is wrong and how to fix it.</summary>
internal static class TextAnswer
{
    /// <summary>Writes the answer.</summary>
    public static Task WriteAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}

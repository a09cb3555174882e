using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Causeway.Relay.Admin;

/// <summary>Answers malformed requests with a problem (RFC 9457) that says what is wrong.</summary>
internal static class AdminFailures
{
    /// <summary>Answers a request whose values are wrong.</summary>
    public static IResult Wrong(string mistake) => Results.Problem(mistake, statusCode: StatusCodes.Status400BadRequest);

    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            var detail = bad.InnerException is JsonException json ? $"the body is not the expected JSON: {json.Message}" : bad.Message;
            await Results.Problem(detail, statusCode: bad.StatusCode).ExecuteAsync(context);
        }
    }
}

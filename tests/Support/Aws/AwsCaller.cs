using System.Text;

namespace Causeway.Tests.Support.Aws;

/// <summary>Sends requests to an account as they are, with whatever signature they have.</summary>
public static class AwsCaller
{
    private static readonly HttpClient Client = new();

    /// <summary>A request that is not signed yet.</summary>
    /// <param name="host">The name of the service, as <c>ec2.eu-central-1.amazonaws.com</c>.</param>
    /// <param name="method">The method.</param>
    /// <param name="target">The path, and the query behind a question mark.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">More headers, with names in lower case.</param>
    public static AwsRequest Request(
        string host, string method, string target, string body = "", params IEnumerable<(string Name, string Value)> headers) => new(
        method, target.Split('?')[0], target.Contains('?') ? target.Split('?', 2)[1] : "",
        headers.Append((Name: "host", Value: host)).ToDictionary(header => header.Name, header => header.Value),
            Encoding.UTF8.GetBytes(body));

    /// <summary>Sends a request.</summary>
    /// <returns>The answer.</returns>
    public static async Task<(int Status, string ContentType, string Body)> SendAsync(
        string address, AwsRequest request, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(
            new(request.Method), $"{address}{request.Path}{(request.Query.Length > 0 ? "?" : "")}{request.Query}");
        if (request.Method is "POST" or "PUT") message.Content = new ByteArrayContent(request.Body);
        foreach (var (name, value) in request.Headers)
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content?.Headers.TryAddWithoutValidation(name, value);
        using var answer = await Client.SendAsync(message, cancellation);
        return ((int)answer.StatusCode, $"{answer.Content.Headers.ContentType}", await answer.Content.ReadAsStringAsync(cancellation));
    }
}

using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;

namespace Causeway.Ops.Account;

/// <summary>
/// Requests to services without a package of the SDK. The SDK's signer signs them ("Create a signed AWS API request", IAM user guide), and
/// the same environment variables set their endpoints: <c>AWS_ENDPOINT_URL_SERVICE</c>, then <c>AWS_ENDPOINT_URL</c>.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="service">The service's name in signatures, such as <c>route53</c>.</param>
/// <param name="variable">The service's name in environment variables, such as <c>ROUTE_53</c>.</param>
/// <param name="host">The default host.</param>
/// <param name="region">The region in signatures.</param>
internal sealed class SignedHttp(AwsSession session, string service, string variable, string host, string region)
{
    private readonly Uri _endpoint = session.Endpoint ?? new(
        AwsCredentialSource.Set($"AWS_ENDPOINT_URL_{variable}") ?? AwsCredentialSource.Set("AWS_ENDPOINT_URL") ?? $"https://{host}");

    /// <summary>Sends a request.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path, with each segment escaped.</param>
    /// <param name="query">Names and values.</param>
    /// <param name="headers">Headers of the service's protocol.</param>
    /// <param name="body">The body; empty for none.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The body of the response.</returns>
    /// <exception cref="AmazonServiceException">The service returned an error; with its code.</exception>
    public async Task<string> SendAsync(
        HttpMethod method,
        string path,
        IReadOnlyList<(string Name, string Value)> query,
        IReadOnlyList<(string Name, string Value)> headers,
        string body,
        CancellationToken cancellation)
    {
        var credentials = await session.Credentials.GetCredentialsAsync();
        var now = DateTime.UtcNow;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        var escaped = string.Join('&', query
            .Select(pair => $"{Uri.EscapeDataString(pair.Name)}={Uri.EscapeDataString(pair.Value)}").Order(StringComparer.Ordinal));
        List<(string Name, string Value)> signed =
        [
            .. headers, ("host", _endpoint.Authority), ("x-amz-content-sha256", hash),
            ("x-amz-date", now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)),
            .. credentials.UseToken ? [("x-amz-security-token", credentials.Token)] : Array.Empty<(string, string)>(),
        ];
        signed.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        var names = string.Join(';', signed.Select(header => header.Name));
        var canonical = string.Join(
            '\n', [method.Method, path, escaped, .. signed.Select(header => $"{header.Name}:{header.Value}"), "", names, hash]);
        var signature = AWS4Signer.ComputeSignature(credentials, region, now, service, names, canonical);

        using var request = new HttpRequestMessage(method, new Uri(_endpoint, path + (escaped.Length == 0 ? "" : $"?{escaped}")));
        if (body.Length > 0) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach (var (name, value) in signed)
        {
            if (name == "content-type") request.Content!.Headers.TryAddWithoutValidation(name, value);
            else if (name != "host") request.Headers.TryAddWithoutValidation(name, value);
        }
        request.Headers.TryAddWithoutValidation("authorization", signature.ForAuthorizationHeader);

        using var response = await session.Http.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return response.IsSuccessStatusCode ? text : throw Refusal(response.StatusCode, text);
    }

    private static AmazonServiceException Refusal(HttpStatusCode status, string body)
    {
        var (code, message) = body.StartsWith('{') ? OfJson(body) : OfXml(body);
        return new(message ?? $"HTTP {(int)status}", ErrorType.Sender, code ?? $"HTTP {(int)status}", "", status);
    }

    // AWS JSON 1.1: com.amazonaws.SERVICE#AccessDeniedException, or only the part after the hash.
    private static (string? Code, string? Message) OfJson(string body)
    {
        try
        {
            var json = JsonDocument.Parse(body).RootElement;
            return (Text("__type")?.Split('#')[^1].Split(':')[0], Text("Message") ?? Text("message"));

            string? Text(string name) =>
                json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static (string? Code, string? Message) OfXml(string body)
    {
        try
        {
            var error = XDocument.Parse(body).Descendants().FirstOrDefault(element => element.Name.LocalName == "Error");
            return (Text("Code"), Text("Message"));

            string? Text(string name) => error?.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
        }
        catch (XmlException)
        {
            return (null, null);
        }
    }
}

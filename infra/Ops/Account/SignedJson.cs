using System.Text.Json;
using Amazon.Runtime;

namespace Causeway.Ops.Account;

/// <summary>
/// A service with AWS JSON 1.1, which takes and returns objects (Secrets Manager, CloudWatch Logs, the Resource Groups Tagging API).
/// </summary>
/// <param name="session">The session.</param>
/// <param name="service">The service's name in signatures, and the beginning of its host.</param>
/// <param name="variable">The service's name in environment variables, such as <c>SECRETS_MANAGER</c>.</param>
/// <param name="target">The prefix of an action in the header <c>x-amz-target</c>.</param>
/// <param name="region">The region.</param>
internal sealed class SignedJson(AwsSession session, string service, string variable, string target, string region)
{
    /// <summary>The Resource Groups Tagging API of a region.</summary>
    public static SignedJson Tagging(AwsSession session, string region) =>
        new(session, "tagging", "RESOURCE_GROUPS_TAGGING_API", "ResourceGroupsTaggingAPI_20170126", region);

    private readonly SignedHttp _http = new(session, service, variable, SignedHosts.Of(session, service, region), region);

    /// <summary>Calls an action.</summary>
    /// <returns>The response; an empty object if it has no body.</returns>
    /// <exception cref="AmazonServiceException">The service returned an error; with its code.</exception>
    public async Task<JsonElement> CallAsync(string action, object parameters, CancellationToken cancellation)
    {
        var answer = await _http.SendAsync(
            HttpMethod.Post, "/", [], [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", $"{target}.{action}")],
            JsonSerializer.Serialize(parameters), cancellation);
        try
        {
            using var json = JsonDocument.Parse(answer.Length == 0 ? "{}" : answer);
            return json.RootElement.Clone();
        }
        catch (JsonException cause)
        {
            throw new AmazonClientException($"the response of {service} isn't JSON: {cause.Message}", cause);
        }
    }
}

using System.Xml;
using System.Xml.Linq;
using Amazon;
using Amazon.Runtime;

namespace Causeway.Ops.Account;

/// <summary>A service with AWS's query protocol, which takes a form and returns XML (IAM, SNS, CloudWatch).</summary>
/// <param name="session">The session.</param>
/// <param name="service">The service's name in signatures, and the beginning of its host.</param>
/// <param name="variable">The service's name in environment variables, such as <c>SNS</c>.</param>
/// <param name="version">The version of its API.</param>
/// <param name="region">The region; null for IAM, which is global.</param>
internal sealed class SignedQuery(AwsSession session, string service, string variable, string version, string? region)
{
    public static SignedQuery Iam(AwsSession session) => new(session, "iam", "IAM", "2010-05-08", null);

    private readonly SignedHttp _http =
        new(session, service, variable, SignedHosts.Of(session, service, region), region ?? SignedHosts.Global);

    /// <summary>Calls an action.</summary>
    /// <returns>The root element of the response.</returns>
    /// <exception cref="AmazonServiceException">The service returned an error; with its code.</exception>
    public async Task<XElement> CallAsync(
        string action, IReadOnlyList<(string Name, string Value)> parameters, CancellationToken cancellation)
    {
        var form = string.Join('&', parameters.Prepend(("Version", version)).Prepend(("Action", action))
            .Select(pair => $"{Uri.EscapeDataString(pair.Item1)}={Uri.EscapeDataString(pair.Item2)}"));
        var answer = await _http.SendAsync(
            HttpMethod.Post, "/", [], [("content-type", "application/x-www-form-urlencoded; charset=utf-8")], form, cancellation);
        return SignedXml.Parse(answer, service);
    }
}

/// <summary>Hosts of services without a package of the SDK.</summary>
internal static class SignedHosts
{
    /// <summary>The region in signatures of requests to IAM and Route 53.</summary>
    public const string Global = "us-east-1";

    public static string Of(AwsSession session, string service, string? region) =>
        region is null
            ? $"{service}{(session.Fips ? "-fips" : "")}.amazonaws.com"
            : $"{service}{(session.Fips ? "-fips" : "")}.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}";
}

/// <summary>Reads responses in XML by element names, in any namespace.</summary>
internal static class SignedXml
{
    public static XElement Parse(string answer, string service)
    {
        try
        {
            return XDocument.Parse(answer).Root!;
        }
        catch (XmlException cause)
        {
            throw new AmazonClientException($"the response of {service} isn't XML: {cause.Message}", cause);
        }
    }

    /// <summary>The descendants with a name.</summary>
    public static IEnumerable<XElement> All(this XElement parent, string name) =>
        parent.Descendants().Where(element => element.Name.LocalName == name);

    /// <summary>The text of a child; null if there is none.</summary>
    public static string? Text(this XElement parent, string name) =>
        parent.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
}

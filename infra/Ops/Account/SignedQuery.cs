using System.Xml;
using System.Xml.Linq;
using Amazon;
using Amazon.Runtime;

namespace Causeway.Ops.Account;

/// <summary>A service of AWS's query protocol: a form in, XML out (IAM, SNS, CloudWatch).</summary>
/// <param name="session">The account.</param>
/// <param name="service">The name that requests are signed for, and that its host begins with.</param>
/// <param name="variable">The service's name in variables, as <c>SNS</c>.</param>
/// <param name="version">The version of its API.</param>
/// <param name="region">The region; null for IAM, which is one service for all of them.</param>
internal sealed class SignedQuery(AwsSession session, string service, string variable, string version, string? region)
{
    /// <summary>IAM.</summary>
    public static SignedQuery Iam(AwsSession session) => new(session, "iam", "IAM", "2010-05-08", null);

    private readonly SignedHttp _http =
        new(session, service, variable, SignedHosts.Of(session, service, region), region ?? SignedHosts.Global);

    /// <summary>Calls an action.</summary>
    /// <returns>The answer's root element.</returns>
    /// <exception cref="AmazonServiceException">The service refused, with the code that it gave.</exception>
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

/// <summary>Where the services are that no package of the SDK is used for.</summary>
internal static class SignedHosts
{
    /// <summary>The region that IAM's and Route 53's requests are signed for.</summary>
    public const string Global = "us-east-1";

    /// <summary>A service's host.</summary>
    public static string Of(AwsSession session, string service, string? region) =>
        region is null
            ? $"{service}{(session.Fips ? "-fips" : "")}.amazonaws.com"
            : $"{service}{(session.Fips ? "-fips" : "")}.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}";
}

/// <summary>Answers in XML, read by the names of their elements whatever their namespace.</summary>
internal static class SignedXml
{
    /// <summary>Reads an answer.</summary>
    public static XElement Parse(string answer, string service)
    {
        try
        {
            return XDocument.Parse(answer).Root!;
        }
        catch (XmlException cause)
        {
            throw new AmazonClientException($"{service} answered with something else than XML: {cause.Message}", cause);
        }
    }

    /// <summary>The elements of a name, however deep.</summary>
    public static IEnumerable<XElement> All(this XElement parent, string name) =>
        parent.Descendants().Where(element => element.Name.LocalName == name);

    /// <summary>The text of a child; null when it is not there.</summary>
    public static string? Text(this XElement parent, string name) =>
        parent.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;
}

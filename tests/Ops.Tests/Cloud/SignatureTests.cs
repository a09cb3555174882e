using System.Text.Json;
using System.Xml.Linq;

namespace Causeway.Ops.Tests.Cloud;

/// <summary>Every service of the tests' account refuses a wrong signature as AWS does: with its status and code, in its protocol.</summary>
public sealed class SignatureTests : IAsyncLifetime
{
    private const string Region = "eu-central-1";
    private const string InvalidToken = "The security token included in the request is invalid.";

    private AwsCloud _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await AwsCloud.StartAsync(Region);

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    // The errors of each protocol for a wrong signature, one that is too old, an unknown key and no signature.
    private static readonly Dictionary<string, (int Status, string Code)[]> Answers = new()
    {
        ["query"] = [(403, "SignatureDoesNotMatch"), (403, "SignatureDoesNotMatch"), (403, "InvalidClientTokenId"),
            (403, "MissingAuthenticationToken")],
        ["ec2"] = [(401, "AuthFailure"), (400, "RequestExpired"), (401, "AuthFailure"), (403, "MissingAuthenticationToken")],
        ["json"] =
        [
            (400, "InvalidSignatureException"), (400, "InvalidSignatureException"), (400, "UnrecognizedClientException"),
            (400, "MissingAuthenticationTokenException"),
        ],
        ["s3"] = [(403, "SignatureDoesNotMatch"), (403, "RequestTimeTooSkewed"), (403, "InvalidAccessKeyId"), (403, "AccessDenied")],
    };

    private static readonly Dictionary<string, (string Protocol, string Request)> Services = new()
    {
        ["ec2"] = ("ec2", "Action=DescribeVpcs&Version=2016-11-15"),
        ["iam"] = ("query", "Action=ListRoles&Version=2010-05-08"),
        ["sts"] = ("query", "Action=GetCallerIdentity&Version=2011-06-15"),
        ["sns"] = ("query", "Action=ListTopics&Version=2010-03-31"),
        ["monitoring"] = ("query", "Action=DescribeAlarms&Version=2010-08-01"),
        ["route53"] = ("query", "/2013-04-01/hostedzone"),
        ["s3"] = ("s3", "/"),
        ["logs"] = ("json", "Logs_20140328.DescribeLogGroups"),
        ["secretsmanager"] = ("json", "secretsmanager.ListSecrets"),
        ["servicequotas"] = ("json", "ServiceQuotasV20190624.GetServiceQuota"),
        ["tagging"] = ("json", "ResourceGroupsTaggingAPI_20170126.GetResources"),
    };

    public static TheoryData<string> All => [.. Services.Keys];

    [Fact]
    public void Every_service_of_the_account_is_tested() => Assert.Equal(Services.Keys.Order(), _cloud.Server.Services.Order());

    [Theory, MemberData(nameof(All))]
    public async Task A_right_signature_is_taken(string service)
    {
        var (status, _, body) = await SendAsync(Signed(service));
        // What the request asks for may be refused, as a quota without a name is.
        Assert.True(status == 200 || service == "servicequotas", body);
        Assert.DoesNotContain(_cloud.Server.Faults, fault => fault.Contains("ignature", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(All))]
    public async Task A_wrong_signature_is_refused(string service)
    {
        var message = await IsRefusedAsync(service, 0, Signed(service, User with { SecretAccessKey = "another" }));
        Assert.StartsWith(Services[service].Protocol == "ec2"
            ? "AWS was not able to validate the provided access credentials"
            : "The request signature we calculated does not match the signature you provided. ", message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(All))]
    public async Task An_old_signature_is_refused(string service)
    {
        var message = await IsRefusedAsync(service, 1, Signed(service, now: DateTimeOffset.UtcNow.AddMinutes(-16)));
        if (Services[service].Protocol is "query" or "json")
            Assert.Matches(@"^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(", message);
    }

    [Theory, MemberData(nameof(All))]
    public async Task An_unknown_key_is_refused(string service)
    {
        var message = await IsRefusedAsync(service, 2, Signed(service, RoleCredentials.Random()));
        if (Services[service].Protocol is "query" or "json") Assert.Equal(InvalidToken, message);
    }

    [Theory, MemberData(nameof(All))]
    public async Task A_request_without_a_signature_is_refused(string service) => await IsRefusedAsync(service, 3, Request(service));

    [Fact]
    public async Task A_signature_for_another_service_is_refused()
    {
        var request = SigV4.Sign(Request("secretsmanager"), User, Region, "logs", DateTimeOffset.UtcNow);
        Assert.Equal((400, "InvalidSignatureException"), Refusal(await SendAsync(request), "json").Answer);
    }

    private RoleCredentials User => _cloud.Server.User;

    private AwsRequest Signed(string service, RoleCredentials? caller = null, DateTimeOffset? now = null) =>
        SigV4.Sign(Request(service), caller ?? User, RegionOf(service), service, now ?? DateTimeOffset.UtcNow);

    private static string RegionOf(string service) => service is "iam" or "route53" ? AwsCloud.GlobalRegion : Region;

    private static AwsRequest Request(string service)
    {
        var (protocol, request) = Services[service];
        var host = service is "iam" or "route53" ? $"{service}.amazonaws.com" : $"{service}.{Region}.amazonaws.com";
        if (request[0] == '/') return AwsCaller.Request(host, "GET", request);
        return protocol == "json"
            ? AwsCaller.Request(host, "POST", "/", "{}", ("content-type", AwsReply.Json11), ("x-amz-target", request))
            : AwsCaller.Request(host, "POST", "/", request, ("content-type", "application/x-www-form-urlencoded; charset=utf-8"));
    }

    private Task<(int Status, string ContentType, string Body)> SendAsync(AwsRequest request) =>
        AwsCaller.SendAsync(_cloud.Server.Address, request, TestContext.Current.CancellationToken);

    // Returns the message.
    private async Task<string> IsRefusedAsync(string service, int column, AwsRequest request)
    {
        var protocol = Services[service].Protocol;
        var (answer, message) = Refusal(await SendAsync(request), protocol);
        Assert.Equal(Answers[protocol][column], answer);
        Assert.Empty(_cloud.Server.Asked);
        Assert.Single(_cloud.Server.Faults);
        return message;
    }

    private static ((int Status, string Code) Answer, string Message) Refusal(
        (int Status, string ContentType, string Body) reply, string protocol)
    {
        if (protocol == "json")
        {
            Assert.Equal(AwsReply.Json11, reply.ContentType);
            var json = JsonDocument.Parse(reply.Body).RootElement;
            return ((reply.Status, json.GetProperty("__type").GetString()!), json.GetProperty("message").GetString()!);
        }

        Assert.Equal("text/xml", reply.ContentType);
        var root = XDocument.Parse(reply.Body).Root!;
        var error = protocol switch
        {
            "s3" => root,
            "ec2" => root.Element("Errors")!.Element("Error")!,
            _ => root.Elements().First(),
        };
        Assert.Equal(protocol switch { "s3" => "Error", "ec2" => "Response", _ => "ErrorResponse" }, root.Name.LocalName);
        string Of(string name) => error.Elements().Single(element => element.Name.LocalName == name).Value;
        return ((reply.Status, Of("Code")), Of("Message"));
    }
}

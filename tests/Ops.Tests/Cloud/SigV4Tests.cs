using System.Globalization;
using System.Text;

namespace Causeway.Ops.Tests.Cloud;

/// <summary>
/// The tests' account refuses what AWS would: else a host that signs wrongly would boot here. The right requests are two of those that AWS
/// published with their signatures ("Signature Version 4 test suite": post-sts-header-before, get-vanilla-query-order-key-case), so it is
/// not this code that decides what is right.
/// </summary>
public sealed class SigV4Tests
{
    private const string Region = "us-east-1";
    private const string Service = "service";

    private const string SessionToken =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUu"
        + "wthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQc"
        + "HNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/o"
        + "LxBA==";

    private static readonly DateTimeOffset Now = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
    private static readonly RoleCredentials Role = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", SessionToken);

    private static readonly AwsRequest Right = Signed("POST", "", "host;x-amz-date;x-amz-security-token",
        "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead", ("x-amz-security-token", SessionToken));

    private static string Authorization => Right.Headers["authorization"];

    [Fact]
    public void A_request_that_is_signed_with_the_roles_credentials_is_taken() => Assert.Null(Fault(Right));

    [Fact]
    public void Parameters_are_signed_in_the_order_of_their_names()
    {
        var request = Signed("GET", "Param2=value2&Param1=value1", "host;x-amz-date",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
        Assert.Null(Fault(request, Role with { Token = "" }));
        Assert.Equal("the signature does not match", Fault(request with { Query = "Param1=value1" }, Role with { Token = "" }));
    }

    [Fact]
    public void Without_a_signature_it_is_refused() => Assert.Equal("the request is not signed", Fault(Without("authorization")));

    [Theory]
    [InlineData("Credential")]
    [InlineData("SignedHeaders")]
    [InlineData("Signature")]
    public void An_authorization_that_lacks_a_part_is_refused(string part) =>
        Assert.Equal($"the authorization has no {part}",
            Fault(With("authorization", Authorization.Replace(part + "=", "Other=", StringComparison.Ordinal))));

    [Fact]
    public void Another_secret_is_refused() =>
        Assert.Equal("the signature does not match", Fault(Right, Role with { SecretAccessKey = "another" }));

    [Fact]
    public void Another_access_key_is_refused() =>
        Assert.StartsWith("the credential is ", Fault(Right, Role with { AccessKeyId = "ASIAOTHER" }), StringComparison.Ordinal);

    [Fact]
    public void Another_method_path_or_query_than_was_signed_is_refused() => Assert.All((AwsRequest[])
    [
        Right with { Method = "GET" },
        Right with { Path = "/other" },
        Right with { Query = "other=1" },
    ], request => Assert.Equal("the signature does not match", Fault(request)));

    [Fact]
    public void Another_host_than_was_signed_is_refused() =>
        Assert.Equal("the signature does not match", Fault(With("host", "elsewhere.example")));

    [Fact]
    public void Another_body_than_was_signed_is_refused()
    {
        var other = Right with { Body = Encoding.UTF8.GetBytes("{}") };
        Assert.Equal("the signature does not match", Fault(other));
        // The hash that S3's clients send must be the body's, too.
        Assert.Equal("the body is not the one that was signed", Fault(With("x-amz-content-sha256", new('0', 64), signed: true)));
    }

    [Fact]
    public void Another_or_no_session_token_is_refused() => Assert.All(
        (AwsRequest[])[With("x-amz-security-token", "another"), Without("x-amz-security-token")], request =>
            Assert.Equal("the session token is not the role's", Fault(request)));

    [Theory]
    [InlineData("eu-central-1", Service)]
    [InlineData(Region, "s3")]
    public void A_signature_for_another_region_or_service_is_refused(string region, string service) =>
        Assert.StartsWith("the credential is ", SigV4.Fault(Right, Role, region, service, Now)?.Detail, StringComparison.Ordinal);

    [Theory]
    [InlineData(-6, true)]
    [InlineData(-5, false)]
    [InlineData(5, false)]
    [InlineData(6, true)]
    public void A_signature_is_taken_for_five_minutes_around_its_time(int minutes, bool refused) =>
        Assert.Equal(
            refused ? "the signature has expired" : null, SigV4.Fault(Right, Role, Region, Service, Now.AddMinutes(minutes))?.Detail);

    [Fact]
    public void A_kind_of_content_that_is_not_signed_is_refused() =>
        Assert.Equal("not signed: content-type", Fault(With("content-type", "text/plain")));

    [Fact]
    public void Without_a_time_it_is_refused() => Assert.Equal("x-amz-date is missing", Fault(Without("x-amz-date")));

    [Theory]
    [InlineData("host")]
    [InlineData("x-amz-date")]
    [InlineData("x-amz-security-token")]
    public void A_header_that_matters_and_is_not_signed_is_refused(string name)
    {
        var signed = string.Join(
            ';', Right.Headers.Keys.Where(header => header != "authorization" && header != name).Order(StringComparer.Ordinal));
        var authorization = Authorization.Replace("host;x-amz-date;x-amz-security-token", signed, StringComparison.Ordinal);
        Assert.Equal($"not signed: {name}", Fault(With("authorization", authorization)));
    }

    private static string? Fault(AwsRequest request, RoleCredentials? role = null) =>
        SigV4.Fault(request, role ?? Role, Region, Service, Now)?.Detail;

    private static AwsRequest Signed(
        string method, string query, string signedHeaders, string signature, params (string Name, string Value)[] more)
    {
        var time = Now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>
        {
            ["host"] = "example.amazonaws.com",
            ["x-amz-date"] = time,
            ["authorization"] = $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{time[..8]}/{Region}/{Service}/aws4_request, "
                + $"SignedHeaders={signedHeaders}, Signature={signature}",
        };
        foreach (var (name, value) in more) headers.Add(name, value);
        return new(method, "/", query, headers, []);
    }

    private static AwsRequest With(string name, string value, bool signed = false)
    {
        var headers = new Dictionary<string, string>(Right.Headers) { [name] = value };
        if (signed) headers["authorization"] = Authorization.Replace("SignedHeaders=", $"SignedHeaders={name};", StringComparison.Ordinal);
        return Right with { Headers = headers };
    }

    private static AwsRequest Without(string name) =>
        Right with { Headers = Right.Headers.Where(header => header.Key != name).ToDictionary() };
}

using System.Net;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Tests.Boot.Fakes;

namespace Causeway.Ops.Tests.Account;

/// <summary>STS (API of 2011-06-15): who one is, and roles.</summary>
internal static partial class AwsSts
{
    private const string Schema = "https://sts.amazonaws.com/doc/2011-06-15/";

    /// <summary>What the account's identity provider has signed.</summary>
    public const string WebIdentityToken = "eyJhbGciOiJub25lIn0.e30.signed";

    public static AwsReply Error(int status, string code, string message) => AwsReply.Xml(status, $"""
        <ErrorResponse xmlns="{Schema}"><Error><Type>Sender</Type><Code>{code}</Code>
        <Message>{WebUtility.HtmlEncode(message)}</Message></Error>
        <RequestId>r</RequestId></ErrorResponse>
        """);

    public static AwsReply Answer(
        QueryForm asked, string arn, Func<string, string, RoleCredentials> takeOn, Func<int, string, string, AwsReply> fault)
    {
        if (asked["Version"] != "2011-06-15") return fault(400, "InvalidAction", $"version {asked["Version"]}");
        switch (asked["Action"])
        {
            case "GetCallerIdentity":
                return Reply("GetCallerIdentity", $"<Arn>{arn}</Arn><UserId>AIDA</UserId><Account>{AwsAccount.Id}</Account>");
            case "AssumeRoleWithWebIdentity" when asked["WebIdentityToken"] != WebIdentityToken:
                return Error(400, "InvalidIdentityToken", "No OpenIDConnect provider found in your account");
            case "AssumeRole" or "AssumeRoleWithWebIdentity":
                var (action, role, session) = (asked["Action"]!, asked["RoleArn"] ?? "", asked["RoleSessionName"] ?? "");
                if (!Session().IsMatch(session))
                    return fault(400, "ValidationError", "Value at 'roleSessionName' failed to satisfy constraint");
                if (asked["DurationSeconds"] is { } duration && (!int.TryParse(duration, out var seconds) || seconds is < 900 or > 43200))
                    return fault(400, "ValidationError", "Value at 'durationSeconds' failed to satisfy constraint");
                if (role.EndsWith("-with-external-id", StringComparison.Ordinal) && asked["ExternalId"] != "calls")
                    return Error(403, "AccessDenied", $"User: {arn} is not authorized to perform: sts:AssumeRole");
                var given = takeOn(role, session);
                return Reply(action, $"""
                    <Credentials><AccessKeyId>{given.AccessKeyId}</AccessKeyId><SecretAccessKey>{given.SecretAccessKey}</SecretAccessKey>
                    <SessionToken>{given.Token}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
                    <AssumedRoleUser><Arn>{role}</Arn><AssumedRoleId>AROA:{session}</AssumedRoleId></AssumedRoleUser>
                    """);
            default:
                return fault(400, "InvalidAction", $"Could not find operation {asked["Action"]}");
        }
    }

    private static AwsReply Reply(string action, string result) => AwsReply.Xml(200, $"""
        <{action}Response xmlns="{Schema}"><{action}Result>{result}</{action}Result>
        <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>
        """);

    [GeneratedRegex("^[A-Za-z0-9_+=,.@-]{2,64}$")]
    private static partial Regex Session();
}

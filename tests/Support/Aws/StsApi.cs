using System.Text.RegularExpressions;
using static Causeway.Tests.Support.Aws.Xml;

namespace Causeway.Tests.Support.Aws;

/// <summary>STS (API of 2011-06-15): who one is, and roles.</summary>
public sealed partial class StsApi(RoleSessions sessions) : QueryApi
{
    /// <summary>What the account's identity provider has signed.</summary>
    public const string WebIdentityToken = "eyJhbGciOiJub25lIn0.e30.signed";

    /// <inheritdoc />
    public override string Service => "sts";

    /// <inheritdoc />
    protected override string Schema => "https://sts.amazonaws.com/doc/2011-06-15/";

    /// <inheritdoc />
    protected override string Version => "2011-06-15";

    /// <inheritdoc />
    protected override string Result(ApiCall call)
    {
        var (asked, arn) = (call.Form, call.Caller);
        switch (call.Name)
        {
            case "GetCallerIdentity":
                return E("Arn", arn) + E("UserId", "AIDA") + E("Account", AwsServer.Account);
            case "AssumeRoleWithWebIdentity" when asked["WebIdentityToken"] != WebIdentityToken:
                throw new AwsRefusedException(400, "InvalidIdentityToken", "No OpenIDConnect provider found in your account");
            case "AssumeRole" or "AssumeRoleWithWebIdentity":
                var (role, session) = (asked["RoleArn"] ?? "", asked["RoleSessionName"] ?? "");
                if (!Session().IsMatch(session))
                    throw AwsRefusedException.Fault("ValidationError", "Value at 'roleSessionName' failed to satisfy constraint");
                if (asked["DurationSeconds"] is { } duration && (!int.TryParse(duration, out var seconds) || seconds is < 900 or > 43200))
                    throw AwsRefusedException.Fault("ValidationError", "Value at 'durationSeconds' failed to satisfy constraint");
                if (role.EndsWith("-with-external-id", StringComparison.Ordinal) && asked["ExternalId"] != "calls")
                    throw new AwsRefusedException(403, "AccessDenied", $"User: {arn} is not authorized to perform: sts:AssumeRole");
                var given = sessions.TakeOn(role, session);
                return In("Credentials",
                    E("AccessKeyId", given.AccessKeyId), E("SecretAccessKey", given.SecretAccessKey),
                    E("SessionToken", given.Token), E("Expiration", "2099-01-01T00:00:00Z"))
                    + In("AssumedRoleUser", E("Arn", role), E("AssumedRoleId", $"AROA:{session}"));
            default:
                throw AwsRefusedException.Fault("InvalidAction", $"Could not find operation {call.Name}");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9_+=,.@-]{2,64}$")]
    private static partial Regex Session();
}

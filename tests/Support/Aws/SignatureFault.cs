namespace Causeway.Tests.Support.Aws;

/// <summary>What can be wrong with a signature, as far as AWS answers differently.</summary>
public enum SignatureFaultKind
{
    Missing,
    Incomplete,
    UnknownKey,
    Scope,
    Expired,
    Token,
    NotSigned,
    Body,
    Mismatch,
}

/// <summary>What is wrong with a request's signature.</summary>
/// <param name="Kind">The kind of fault.</param>
/// <param name="Detail">The cause in words, for who reads a failed test.</param>
public sealed record SignatureFault(SignatureFaultKind Kind, string Detail)
{
    private const string WrongToken = "The security token included in the request is invalid.";

    private const string WrongSignature = "The request signature we calculated does not match the signature you provided. "
        + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    /// <summary>The request in the form that is signed, where the signature does not match.</summary>
    public string Canonical { get; init; } = "";

    internal DateTimeOffset SignedAt { get; init; }

    internal DateTimeOffset Now { get; init; }

    /// <summary>The answer of services of the query protocol and of Route 53 (IAM user guide, "Common errors").</summary>
    public AwsRefusedException InQuery() => Refusal(Kind switch
    {
        SignatureFaultKind.Missing => (403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
        SignatureFaultKind.Incomplete => (400, "IncompleteSignature", Detail),
        SignatureFaultKind.UnknownKey or SignatureFaultKind.Token => (403, "InvalidClientTokenId", WrongToken),
        SignatureFaultKind.Scope => (403, "SignatureDoesNotMatch", "Credential should be scoped to a valid region."),
        SignatureFaultKind.Expired => (403, "SignatureDoesNotMatch", Expired),
        _ => (403, "SignatureDoesNotMatch", WrongSignature),
    });

    /// <summary>
    /// The answer of services of AWS JSON 1.1. Where the signature does not match it quotes what should have been signed.
    /// </summary>
    public AwsRefusedException InJson() => Refusal(Kind switch
    {
        SignatureFaultKind.Missing => (400, "MissingAuthenticationTokenException", "Missing Authentication Token"),
        SignatureFaultKind.Incomplete => (400, "IncompleteSignatureException", Detail),
        SignatureFaultKind.UnknownKey or SignatureFaultKind.Token => (400, "UnrecognizedClientException", WrongToken),
        SignatureFaultKind.Scope => (400, "InvalidSignatureException", "Credential should be scoped to a valid region."),
        SignatureFaultKind.Expired => (400, "InvalidSignatureException", Expired),
        _ =>
            (400, "InvalidSignatureException",
                $"{WrongSignature}\n\nThe Canonical String for this request should have been\n'{Canonical}'\n"),
    });

    /// <summary>S3's answer (S3 API reference, "Error responses").</summary>
    public AwsRefusedException InS3() => Refusal(Kind switch
    {
        SignatureFaultKind.Missing => (403, "AccessDenied", "Access Denied"),
        SignatureFaultKind.Incomplete => (400, "AuthorizationHeaderMalformed", $"The authorization header is malformed; {Detail}"),
        SignatureFaultKind.UnknownKey => (403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
        SignatureFaultKind.Scope => (400, "AuthorizationHeaderMalformed", $"The authorization header is malformed; {Detail}"),
        SignatureFaultKind.Expired =>
            (403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
        SignatureFaultKind.Token => (400, "InvalidToken", "The provided token is malformed or otherwise invalid."),
        SignatureFaultKind.NotSigned => (403, "AccessDenied", "There were headers present in the request which were not signed"),
        SignatureFaultKind.Body =>
            (400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."),
        _ => (403, "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. Check your key and signing method."),
    });

    /// <summary>EC2's answer ("Error codes for the Amazon EC2 API").</summary>
    public AwsRefusedException InEc2() => Refusal(Kind switch
    {
        SignatureFaultKind.Missing => (403, "MissingAuthenticationToken", "Request is missing Authentication Token"),
        SignatureFaultKind.Incomplete => (400, "IncompleteSignature", Detail),
        SignatureFaultKind.Expired => (400, "RequestExpired", "Request has expired."),
        _ => (401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
    });

    private string Expired => SignedAt < Now
        ? $"Signature expired: {SigV4.Time(SignedAt)} is now earlier than "
            + $"{SigV4.Time(Now - SigV4.Validity)} ({SigV4.Time(Now)} - 5 min.)"
        : $"Signature not yet current: {SigV4.Time(SignedAt)} is still later than "
            + $"{SigV4.Time(Now + SigV4.Validity)} ({SigV4.Time(Now)} + 5 min.)";

    private AwsRefusedException Refusal((int Status, string Code, string Message) answer) =>
        AwsRefusedException.Fault(answer.Code, answer.Message, answer.Status, Detail);
}

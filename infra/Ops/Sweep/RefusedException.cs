using System.Net;
using Amazon.Runtime;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>What a refusal means to the sweep.</summary>
internal enum RefusalKind
{
    /// <summary>It is not there, which is what the sweep wants.</summary>
    Gone,

    /// <summary>Something else still needs it, or changes it: later it may be taken.</summary>
    InUse,

    /// <summary>The request may be sent again: too many requests, or AWS did not answer as it should.</summary>
    Passing,

    /// <summary>It stays refused.</summary>
    Final,
}

/// <summary>A request that AWS refused, or did not answer. The message says which right is missing, or what else.</summary>
internal sealed class RefusedException(RefusalKind kind, string reason, Exception? cause = null) : Exception(reason, cause)
{
    private static readonly string[] Throttling =
    [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "TooManyRequestsException",
        "RequestLimitExceeded", "EC2ThrottledException", "SlowDown", "PriorRequestNotComplete", "BandwidthLimitExceeded",
        "InternalError", "InternalFailure", "ServiceUnavailable", "Unavailable", "RequestTimeout", "RequestTimeoutException",
    ];

    private static readonly string[] Used =
    [
        "DependencyViolation", "InvalidIPAddress.InUse", "InvalidNetworkInterface.InUse", "InvalidGroup.InUse", "VolumeInUse",
        "IncorrectState", "IncorrectInstanceState", "BucketNotEmpty", "OperationAborted", "OperationAbortedException", "DeleteConflict",
        "ConcurrentModification", "ConcurrentModificationException", "HealthCheckInUse", "ResourceInUse", "ResourceInUseException",
        "ConcurrentAccess", "ConcurrentAccessException",
    ];

    /// <summary>What it means.</summary>
    public RefusalKind Kind { get; } = kind;

    /// <summary>Reads what a request failed with; null for what is no refusal, as a defect or the end of the program.</summary>
    /// <param name="failure">What it failed with.</param>
    /// <param name="right">The right that the request takes, as <c>ec2:DeleteVpc</c>.</param>
    public static RefusedException? Of(Exception failure, string right) => failure switch
    {
        AmazonServiceException refused => Of(refused, right),
        OperationCanceledException or TimeoutException => new(RefusalKind.Passing, $"{right}: no answer in time", failure),
        AmazonClientException or HttpRequestException or IOException => new(
            RefusalKind.Passing,
            $"{right}: AWS cannot be reached: {AwsSession.OneLine((failure.InnerException ?? failure).Message)}", failure),
        _ => null,
    };

    private static RefusedException Of(AmazonServiceException refused, string right)
    {
        var code = refused.ErrorCode ?? "";
        var said = $"{right}: {(code.Length > 0 ? $"{code}: " : "")}{AwsSession.OneLine(refused.Message)}";
        if (AwsSession.LacksRight(code)) return new(RefusalKind.Final, $"the right {right} is missing", refused);
        if (Throttling.Contains(code) || refused.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
            return new(RefusalKind.Passing, said, refused);
        if (IsGone(code, refused.Message)) return new(RefusalKind.Gone, said, refused);
        // An interface that an instance still has is refused as a wrong parameter.
        var used = Used.Contains(code) || (code == "InvalidParameterValue"
            && refused.Message.Contains("in use", StringComparison.OrdinalIgnoreCase));
        return new(used ? RefusalKind.InUse : RefusalKind.Final, said, refused);
    }

    // InvalidVpcID.NotFound, ResourceNotFoundException, NotFound, NoSuchEntity, NoSuchBucket.
    private static bool IsGone(string code, string message) =>
        code.Contains("NotFound", StringComparison.Ordinal) || code.StartsWith("NoSuch", StringComparison.Ordinal)
            || code == "Gateway.NotAttached"
        // A record that was deleted meanwhile.
        || (code == "InvalidChangeBatch" && message.Contains("not found", StringComparison.Ordinal));
}

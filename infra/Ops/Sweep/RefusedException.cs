using System.Net;
using Amazon.Runtime;
using Causeway.Ops.Account;

namespace Causeway.Ops.Sweep;

/// <summary>What a failed request means to the sweep.</summary>
internal enum RefusalKind
{
    /// <summary>The resource doesn't exist any more.</summary>
    Gone,

    /// <summary>The resource is in use or being changed; a later request may succeed.</summary>
    InUse,

    /// <summary>The request can be retried: it was throttled, or AWS failed to respond.</summary>
    Passing,

    /// <summary>A retry would fail too.</summary>
    Final,
}

/// <summary>A request that failed. The message names the missing permission or another cause.</summary>
internal sealed class RefusedException(RefusalKind kind, string reason, Exception? cause = null) : Exception(reason, cause)
{
    private static readonly string[] Throttling =
    [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
        "TooManyRequestsException", "RequestLimitExceeded", "EC2ThrottledException", "SlowDown", "PriorRequestNotComplete",
        "BandwidthLimitExceeded",
        "InternalError", "InternalFailure", "ServiceUnavailable", "Unavailable", "RequestTimeout", "RequestTimeoutException",
    ];

    private static readonly string[] Used =
    [
        "DependencyViolation", "InvalidIPAddress.InUse", "InvalidNetworkInterface.InUse", "InvalidGroup.InUse", "VolumeInUse",
        "IncorrectState", "IncorrectInstanceState", "BucketNotEmpty", "OperationAborted", "OperationAbortedException", "DeleteConflict",
        "ConcurrentModification", "ConcurrentModificationException", "HealthCheckInUse", "ResourceInUse", "ResourceInUseException",
        "ConcurrentAccess", "ConcurrentAccessException",
    ];

    public RefusalKind Kind { get; } = kind;

    /// <summary>Classifies the failure of a request; null for other failures, such as defects or the end of the program.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="right">The permission that the request requires, such as <c>ec2:DeleteVpc</c>.</param>
    public static RefusedException? Of(Exception failure, string right) => failure switch
    {
        AmazonServiceException refused => Of(refused, right),
        OperationCanceledException or TimeoutException => new(RefusalKind.Passing, $"{right}: timed out", failure),
        AmazonClientException or HttpRequestException or IOException => new(
            RefusalKind.Passing,
            $"{right}: can't reach AWS: {AwsSession.OneLine((failure.InnerException ?? failure).Message)}", failure),
        _ => null,
    };

    private static RefusedException Of(AmazonServiceException refused, string right)
    {
        var code = refused.ErrorCode ?? "";
        var said = $"{right}: {(code.Length > 0 ? $"{code}: " : "")}{AwsSession.OneLine(refused.Message)}";
        if (AwsSession.LacksRight(code)) return new(RefusalKind.Final, AwsSession.MissingPermission(right), refused);
        if (Throttling.Contains(code) || refused.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
            return new(RefusalKind.Passing, said, refused);
        if (IsGone(code, refused.Message)) return new(RefusalKind.Gone, said, refused);
        // For an interface that an instance still uses, AWS reports an invalid parameter.
        var used = Used.Contains(code) || (code == "InvalidParameterValue"
            && refused.Message.Contains("in use", StringComparison.OrdinalIgnoreCase));
        return new(used ? RefusalKind.InUse : RefusalKind.Final, said, refused);
    }

    // InvalidVpcID.NotFound, ResourceNotFoundException, NotFound, NoSuchEntity, NoSuchBucket.
    private static bool IsGone(string code, string message) =>
        code.Contains("NotFound", StringComparison.Ordinal) || code.StartsWith("NoSuch", StringComparison.Ordinal)
            || code == "Gateway.NotAttached"
        // A record that was deleted in the meantime.
        || (code == "InvalidChangeBatch" && message.Contains("not found", StringComparison.Ordinal));
}

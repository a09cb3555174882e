using System.Net;
using Amazon.Runtime;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Tests.Sweep;

public class SweepCallsTests
{
    private readonly ImmediateTime _time = new(new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero));

    private SweepCalls Calls(SweepPace? pace = null) => new(TimeSpan.FromMinutes(1), pace ?? new(), _time, new Random(1));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task<int> FailAsync(SweepCalls calls, string right, Exception failure) =>
        calls.AskAsync<int>(right, _ => throw failure, Cancellation);

    private static Task<RefusedException> RefusedAsync(SweepCalls calls, string right, Exception failure) =>
        Assert.ThrowsAsync<RefusedException>(() => FailAsync(calls, right, failure));

    private static AmazonServiceException Refusal(string code, string message = "No", HttpStatusCode status = HttpStatusCode.BadRequest) =>
        new(message, ErrorType.Sender, code, "", status);

    [Theory]
    [InlineData("RequestLimitExceeded", 503)]
    [InlineData("Throttling", 400)]
    [InlineData("ThrottlingException", 400)]
    [InlineData("TooManyRequestsException", 429)]
    [InlineData("SlowDown", 503)]
    [InlineData("PriorRequestNotComplete", 400)]
    [InlineData("InternalError", 500)]
    [InlineData("HTTP 502", 502)]
    public async Task A_throttled_request_is_retried_after_a_pause(string code, int status)
    {
        using var calls = Calls();
        var sent = 0;
        var answer = await calls.AskAsync(
            "ec2:DeleteVpc", _ => ++sent < 4 ? throw Refusal(code, status: (HttpStatusCode)status) : Task.FromResult(7), Cancellation);
        Assert.Equal(7, answer);
        Assert.Equal((4, 4, 3), (sent, calls.Count, _time.Waits));
    }

    [Fact]
    public async Task A_lost_connection_and_a_timeout_are_retried()
    {
        using var calls = Calls();
        var failures = new Queue<Exception>([new HttpRequestException("reset"), new TaskCanceledException(), new IOException("cut")]);
        var answer = await calls.AskAsync(
            "ec2:DeleteVpc", _ => failures.TryDequeue(out var failure) ? throw failure : Task.FromResult(true), Cancellation);
        Assert.True(answer);
        Assert.Equal(4, calls.Count);
    }

    [Fact]
    public async Task Retries_end_after_a_number_of_requests()
    {
        using var calls = Calls(new() { Requests = 3 });
        var refused = await RefusedAsync(calls, "ec2:DeleteVpc", Refusal("RequestLimitExceeded", "Rate exceeded"));
        Assert.Equal((RefusalKind.Passing, "ec2:DeleteVpc: RequestLimitExceeded: Rate exceeded", 3),
            (refused.Kind, refused.Message, calls.Count));
    }

    [Theory]
    [InlineData("InvalidVpcID.NotFound", "Gone")]
    [InlineData("NoSuchEntity", "Gone")]
    [InlineData("NoSuchBucket", "Gone")]
    [InlineData("ResourceNotFoundException", "Gone")]
    [InlineData("NotFound", "Gone")]
    [InlineData("DependencyViolation", "InUse")]
    [InlineData("BucketNotEmpty", "InUse")]
    [InlineData("DeleteConflict", "InUse")]
    [InlineData("InvalidIPAddress.InUse", "InUse")]
    [InlineData("OperationNotPermitted", "Final")]
    [InlineData("InvalidParameterValue", "Final")]
    public async Task A_refused_request_is_not_retried(string code, string kind)
    {
        using var calls = Calls();
        var refused = await RefusedAsync(calls, "ec2:DeleteVpc", Refusal(code));
        Assert.Equal((kind, 1), ($"{refused.Kind}", calls.Count));
    }

    [Fact]
    public async Task An_interface_in_use_is_recognized_by_the_error_message()
    {
        using var calls = Calls();
        var inUse = Refusal("InvalidParameterValue", "Network interface 'eni-1' is currently in use.");
        var refused = await RefusedAsync(calls, "ec2:DeleteNetworkInterface", inUse);
        Assert.Equal(RefusalKind.InUse, refused.Kind);
    }

    [Theory]
    [InlineData("UnauthorizedOperation")]
    [InlineData("AccessDenied")]
    [InlineData("AccessDeniedException")]
    public async Task A_missing_permission_is_named(string code)
    {
        using var calls = Calls();
        var refused = await RefusedAsync(calls, "ec2:DeleteVpc", Refusal(code, status: HttpStatusCode.Forbidden));
        Assert.Equal((RefusalKind.Final, "missing permission ec2:DeleteVpc"), (refused.Kind, refused.Message));
    }

    [Fact]
    public async Task A_defect_is_not_a_refusal()
    {
        using var calls = Calls();
        var defect = new InvalidOperationException("a defect");
        Assert.Same(defect, await Assert.ThrowsAsync<InvalidOperationException>(() => FailAsync(calls, "ec2:DeleteVpc", defect)));
    }

    [Fact]
    public async Task The_number_of_concurrent_requests_is_limited()
    {
        using var calls = Calls(new() { AtOnce = 3 });
        var (now, most, gate) = (0, 0, new TaskCompletionSource());
        var all = Enumerable.Range(0, 20).Select(_ => calls.AskAsync("ec2:DescribeVpcs", async _ =>
        {
            lock (gate) most = Math.Max(most, ++now);
            await gate.Task;
            lock (gate) now--;
            return 0;
        }, default)).ToList();
        gate.SetResult();
        await Task.WhenAll(all);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task A_cancelled_request_is_not_retried()
    {
        using var calls = Calls();
        using var end = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls.AskAsync("ec2:DeleteVpc", async limit =>
        {
            await end.CancelAsync();
            limit.ThrowIfCancellationRequested();
            return 0;
        }, end.Token));
        Assert.Equal(1, calls.Count);
    }
}

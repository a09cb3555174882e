using System.Net;
using Amazon.Runtime;
using Causeway.Ops.Sweep;

namespace Causeway.Ops.Tests.Sweep;

public class SweepCallsTests
{
    private readonly ImmediateTime _time = new(new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero));

    private SweepCalls Calls(SweepPace? pace = null) => new(TimeSpan.FromMinutes(1), pace ?? new(), _time, new Random(1));

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
    public async Task A_request_that_was_too_many_is_sent_again_after_a_pause(string code, int status)
    {
        using var calls = Calls();
        var sent = 0;
        Assert.Equal(7, await calls.AskAsync("ec2:DeleteVpc", _ => ++sent < 4 ? throw Refusal(code, status: (HttpStatusCode)status)
            : Task.FromResult(7), TestContext.Current.CancellationToken));
        Assert.Equal((4, 4, 3), (sent, calls.Count, _time.Waits));
    }

    [Fact]
    public async Task A_lost_connection_and_a_late_answer_are_asked_again()
    {
        using var calls = Calls();
        var failures = new Queue<Exception>([new HttpRequestException("reset"), new TaskCanceledException(), new IOException("cut")]);
        Assert.True(await calls.AskAsync("ec2:DeleteVpc", _ => failures.TryDequeue(out var failure) ? throw failure
            : Task.FromResult(true), TestContext.Current.CancellationToken));
        Assert.Equal(4, calls.Count);
    }

    [Fact]
    public async Task It_is_given_up_after_a_number_of_requests()
    {
        using var calls = Calls(new() { Requests = 3 });
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            calls.AskAsync<int>("ec2:DeleteVpc", _ => throw Refusal("RequestLimitExceeded", "Rate exceeded"), TestContext.Current.CancellationToken));
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
    public async Task What_is_refused_is_asked_once(string code, string kind)
    {
        using var calls = Calls();
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            calls.AskAsync<int>("ec2:DeleteVpc", _ => throw Refusal(code), TestContext.Current.CancellationToken));
        Assert.Equal((kind, 1), ($"{refused.Kind}", calls.Count));
    }

    [Fact]
    public async Task An_interface_in_use_is_told_by_the_text_of_its_refusal()
    {
        using var calls = Calls();
        var refused = await Assert.ThrowsAsync<RefusedException>(() => calls.AskAsync<int>("ec2:DeleteNetworkInterface", _ => throw Refusal("InvalidParameterValue", "Network interface 'eni-1' is currently in use."), TestContext.Current.CancellationToken));
        Assert.Equal(RefusalKind.InUse, refused.Kind);
    }

    [Theory]
    [InlineData("UnauthorizedOperation")]
    [InlineData("AccessDenied")]
    [InlineData("AccessDeniedException")]
    public async Task A_missing_right_is_named(string code)
    {
        using var calls = Calls();
        var refused = await Assert.ThrowsAsync<RefusedException>(() =>
            calls.AskAsync<int>("ec2:DeleteVpc", _ => throw Refusal(code, status: HttpStatusCode.Forbidden), TestContext.Current.CancellationToken));
        Assert.Equal((RefusalKind.Final, "the right ec2:DeleteVpc is missing"), (refused.Kind, refused.Message));
    }

    [Fact]
    public async Task A_defect_is_not_taken_for_a_refusal()
    {
        using var calls = Calls();
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            calls.AskAsync<int>("ec2:DeleteVpc", _ => throw new InvalidOperationException("a defect"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Only_so_many_requests_are_under_way_at_a_time()
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
    public async Task An_end_from_outside_is_no_late_answer()
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

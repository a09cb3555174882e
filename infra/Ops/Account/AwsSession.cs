using System.Globalization;
using System.Text.RegularExpressions;
using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Account;

/// <summary>
/// A session with the deployment's credentials. Its calls have timeouts, and their errors name missing permissions.
/// </summary>
internal sealed partial class AwsSession : IDisposable
{
    private const string SessionName = "causeway-ops-plan";
    private static readonly string[] MissingRight =
        ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "UnauthorizedAccess", "NotAuthorized"];

    private readonly ProviderSettings _provider;
    private readonly TimeSpan _limit;
    private readonly AwsTransport _transport;
    private readonly int _retries;

    private AwsSession(ProviderSettings provider, string region, TimeSpan limit, int retries, Uri? endpoint)
    {
        (_provider, Region, _limit, _retries, Endpoint) = (provider, region, limit, retries, endpoint);
        _transport = new(provider, RequestLimit);
    }

    /// <summary>Gets the stack's region.</summary>
    public string Region { get; }

    /// <summary>Gets the credentials, after assuming the roles of the settings.</summary>
    public AWSCredentials Credentials { get; private set; } = null!;

    /// <summary>Gets the account's number.</summary>
    public string Account { get; private set; } = "";

    /// <summary>Gets the ARN of the caller.</summary>
    public string Arn { get; private set; } = "";

    /// <summary>Gets the client for services without a package of the SDK.</summary>
    public HttpClient Http => _transport.Client;

    /// <summary>Gets the endpoint of every service; null for those of the environment and of AWS.</summary>
    public Uri? Endpoint { get; }

    /// <summary>Gets whether to call only endpoints validated under FIPS 140.</summary>
    public bool Fips => _provider.Flag("useFipsEndpoint");

    /// <summary>Gets whether S3 requests have the bucket in their path instead of in the host name.</summary>
    public bool PathStyle => _provider.Flag("s3UsePathStyle") || Endpoint is not null;

    /// <summary>Finds credentials, assumes the roles of the settings, and identifies the caller.</summary>
    /// <param name="provider">The settings of the AWS provider.</param>
    /// <param name="region">The stack's region.</param>
    /// <param name="limit">The timeout of a call with all of its pages. Requests have a shorter one, which leaves time for retries.</param>
    /// <param name="cancellation">Cancels opening the session.</param>
    /// <param name="retries">How often the SDK retries a request; 0 if the caller does, like the sweep.</param>
    /// <param name="endpoint">The endpoint of every service, instead of those of the environment.</param>
    /// <exception cref="NotAskedException">
    /// No credentials were found, AWS rejects them, or they belong to an account that the settings exclude.
    /// </exception>
    public static async Task<AwsSession> OpenAsync(
        ProviderSettings provider, string region, TimeSpan limit, CancellationToken cancellation, int retries = 1, Uri? endpoint = null)
    {
        var session = new AwsSession(provider, region, limit, retries, endpoint);
        try
        {
            session.Credentials = await session.WithRolesAsync(cancellation);
            using var sts = session.Sts(session.Credentials);
            var caller = await session.CallAsync("sts:GetCallerIdentity", limit => sts.GetCallerIdentityAsync(new(), limit), cancellation);
            (session.Account, session.Arn) = (caller.Account, caller.Arn);
            session.Guard();
            return session;
        }
        catch (Exception cause) when (cause is not (NotAskedException or OperationCanceledException))
        {
            session.Dispose();
            // This includes every failure of a file, program or service that provides credentials.
            throw new NotAskedException($"can't use the credentials: {OneLine(cause.Message)}", cause);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Configures a client for a region, by default the stack's.</summary>
    public T Bounded<T>(T config, string? region = null) where T : ClientConfig
    {
        if (Endpoint is not null) config.ServiceURL = Endpoint.ToString();
        else config.RegionEndpoint = RegionEndpoint.GetBySystemName(region ?? Region);
        // With AWS_ENDPOINT_URL, the SDK would sign for the region that it guesses from the host name: us-east-1.
        config.AuthenticationRegion = region ?? Region;
        config.HttpClientFactory = _transport;
        config.Timeout = RequestLimit;
        config.MaxErrorRetry = _retries;
        if (_provider.Values.ContainsKey("useFipsEndpoint")) config.UseFIPSEndpoint = Fips;
        if (_provider.Values.ContainsKey("useDualstackEndpoint")) config.UseDualstackEndpoint = _provider.Flag("useDualstackEndpoint");
        return config;
    }

    /// <summary>Calls AWS.</summary>
    /// <param name="right">The required permission, such as <c>ec2:DescribeImages</c>.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="NotKnownException">The call failed; the message names the missing permission or another cause.</exception>
    public async Task<T> CallAsync<T>(string right, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_limit);
        try
        {
            return await call(limit.Token);
        }
        catch (AmazonServiceException refused) when (MissingRight.Contains(refused.ErrorCode))
        {
            throw new NotKnownException(MissingPermission(right), refused);
        }
        catch (AmazonServiceException refused) when (refused.ErrorCode is { Length: > 0 })
        {
            throw new NotKnownException($"{right}: {refused.ErrorCode}: {OneLine(refused.Message)}", refused);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new NotKnownException($"{right}: timed out", late);
        }
        catch (Exception failure) when (
            failure is AmazonClientException or AmazonServiceException or HttpRequestException or IOException or TimeoutException)
        {
            throw new NotKnownException($"{right}: can't reach AWS: {OneLine((failure.InnerException ?? failure).Message)}", failure);
        }
    }

    /// <summary>Whether an error code means that a permission is missing.</summary>
    public static bool LacksRight(string? code) => MissingRight.Contains(code);

    public static string MissingPermission(string right) => $"missing permission {right}";

    public void Dispose() => _transport.Dispose();

    private TimeSpan RequestLimit => _limit / (_retries + 1);

    // The provider rejects these accounts too, before any other call.
    private void Guard()
    {
        if (_provider.AllowedAccountIds is { Count: > 0 } allowed && !allowed.Contains(Account))
            throw Excluded($"isn't in aws:allowedAccountIds ({string.Join(", ", allowed)})");
        if (_provider.ForbiddenAccountIds.Contains(Account))
            throw Excluded("is in aws:forbiddenAccountIds");

        NotAskedException Excluded(string how) =>
            new($"the credentials belong to account {Account}, which {how}; use others, or change the setting: pulumi up rejects them too");
    }

    // The SDK's own role credentials support no session policies. As in the provider, each role is one call of STS.
    private async Task<AWSCredentials> WithRolesAsync(CancellationToken cancellation)
    {
        AWSCredentials credentials;
        if (_provider.Get<WebIdentityRole>("assumeRoleWithWebIdentity") is { } web)
        {
            var file = web.WebIdentityTokenFile ?? "";
            if (web.WebIdentityToken is null && file.Length == 0) throw new NotAskedException("aws:assumeRoleWithWebIdentity has no token");
            var token = web.WebIdentityToken ?? await File.ReadAllTextAsync(file, cancellation);
            using var sts = Sts(new AnonymousAWSCredentials());
            credentials = (await CallAsync("sts:AssumeRoleWithWebIdentity", limit => sts.AssumeRoleWithWebIdentityAsync(new()
            {
                RoleArn = web.RoleArn,
                RoleSessionName = web.SessionName ?? SessionName,
                WebIdentityToken = token.Trim(),
                DurationSeconds = Seconds(web.Duration),
                Policy = web.Policy,
                PolicyArns = Policies(web.PolicyArns),
            }, limit), cancellation)).Credentials;
        }
        else
        {
            var found = AwsCredentialSource.Find(_provider);
            // Files, programs and services that provide credentials have no timeout.
            await Task.Run(found.GetCredentialsAsync, cancellation).WaitAsync(_limit, cancellation);
            credentials = found;
        }

        foreach (var role in _provider.AssumeRoles)
        {
            using var sts = Sts(credentials);
            credentials = (await CallAsync("sts:AssumeRole", limit => sts.AssumeRoleAsync(new()
            {
                RoleArn = role.RoleArn,
                RoleSessionName = role.SessionName ?? SessionName,
                DurationSeconds = Seconds(role.Duration),
                ExternalId = role.ExternalId,
                Policy = role.Policy,
                PolicyArns = Policies(role.PolicyArns),
                SourceIdentity = role.SourceIdentity,
                Tags = role.Tags.Count == 0 ? null : [.. role.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })],
                TransitiveTagKeys = role.TransitiveTagKeys.Count == 0 ? null : [.. role.TransitiveTagKeys],
            }, limit), cancellation)).Credentials;
        }
        return credentials;
    }

    private AmazonSecurityTokenServiceClient Sts(AWSCredentials credentials)
    {
        var config = Bounded(new AmazonSecurityTokenServiceConfig(), _provider.Get<string>("stsRegion"));
        // A caller that retries requests itself can't do so before it has a session.
        config.MaxErrorRetry = int.Max(1, _retries);
        return new(credentials, config);
    }

    private static List<PolicyDescriptorType>? Policies(IReadOnlyList<string> arns) =>
        arns.Count == 0 ? null : [.. arns.Select(arn => new PolicyDescriptorType { Arn = arn })];

    private static int? Seconds(string? duration)
    {
        if (duration is null) return null;
        if (Duration().Match(duration) is not { Success: true, Length: > 0 } parts)
            throw new NotAskedException($"invalid duration '{duration}' of a role under aws:; use one such as 1h30m");
        return (3600 * Part("h")) + (60 * Part("m")) + Part("s");

        int Part(string unit) => parts.Groups[unit].Success ? int.Parse(parts.Groups[unit].Value, CultureInfo.InvariantCulture) : 0;
    }

    internal static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("^((?<h>[0-9]{1,2})h)?((?<m>[0-9]{1,4})m)?((?<s>[0-9]{1,5})s)?$")]
    private static partial Regex Duration();
}

using System.Text.Json;
using Amazon.Runtime;
using Causeway.Blueprint.Quotas;

namespace Causeway.Ops.Account;

/// <summary>An account's quotas in its region (Service Quotas API reference, 2019-06-24).</summary>
internal sealed class ServiceQuotas(AwsSession session)
{
    private readonly SignedHttp _http =
        new(session, "servicequotas", "SERVICE_QUOTAS", $"servicequotas.{session.Region}.amazonaws.com", session.Region);

    /// <summary>The account's limit: the applied value, or AWS's default.</summary>
    public async Task<int> LimitAsync(QuotaNeed need, CancellationToken cancellation)
    {
        if (session.Fips) throw new NotKnownException("Service Quotas has no FIPS endpoint (aws:useFipsEndpoint)");
        try
        {
            return await session.CallAsync(
                "servicequotas:GetServiceQuota", limit => AskAsync("GetServiceQuota", need, limit), cancellation);
        }
        catch (NotKnownException none) when (none.InnerException is AmazonServiceException { ErrorCode: "NoSuchResourceException" })
        {
            return await session.CallAsync(
                "servicequotas:GetAWSDefaultServiceQuota", limit => AskAsync("GetAWSDefaultServiceQuota", need, limit), cancellation);
        }
    }

    private async Task<int> AskAsync(string operation, QuotaNeed need, CancellationToken cancellation)
    {
        var answer = await _http.SendAsync(
            HttpMethod.Post, "/", [],
            [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", $"ServiceQuotasV20190624.{operation}")],
            JsonSerializer.Serialize(new { ServiceCode = need.Service, QuotaCode = need.Code }), cancellation);
        try
        {
            return (int)JsonDocument.Parse(answer).RootElement.GetProperty("Quota").GetProperty("Value").GetDouble();
        }
        catch (Exception cause) when (cause is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new AmazonClientException($"the response of Service Quotas isn't a quota: {cause.Message}", cause);
        }
    }
}

using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Causeway.Ops.Tests.Account;

/// <summary>Service Quotas (AWS JSON 1.1, API of 2019-06-24).</summary>
/// <param name="given">The quotas that the account was given, by code.</param>
/// <param name="defaults">The quotas of every account.</param>
internal sealed partial class AwsServiceQuotas(IReadOnlyDictionary<string, int> given, IReadOnlyDictionary<string, int> defaults) : JsonApi
{
    public override string Service => "servicequotas";

    protected override string Target => "ServiceQuotasV20190624";

    protected override JsonObject Result(ApiCall call, JsonAsked asked)
    {
        var (service, code) = (asked.Required("ServiceCode"), asked.Required("QuotaCode"));
        if (!Code().IsMatch(service) || !Code().IsMatch(code)) throw AwsRefusal.Fault("IllegalArgumentException", $"{service} {code}");
        if (!defaults.ContainsKey(code)) throw AwsRefusal.Fault("NoSuchResourceException", $"there is no quota {code}");
        var quotas = call.Name switch
        {
            "GetServiceQuota" => given,
            "GetAWSDefaultServiceQuota" => defaults,
            _ => throw AwsRefusal.Unknown(call.Name),
        };
        return quotas.TryGetValue(code, out var value)
            ? new() { ["Quota"] = new JsonObject { ["ServiceCode"] = service, ["QuotaCode"] = code, ["Value"] = (double)value } }
            : throw new AwsRefusal(400, "NoSuchResourceException", "The request failed because the specified quota does not exist.");
    }

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9-]{1,63}$")]
    private static partial Regex Code();
}

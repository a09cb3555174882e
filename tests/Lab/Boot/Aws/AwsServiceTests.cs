using System.Security.Cryptography;
using System.Text;
using Causeway.Blueprint;
using Microsoft.AspNetCore.Http;

namespace Causeway.Lab.Boot.Aws;

/// <summary>The lab's AWS gives nothing to whom it does not know. What makes a signature right is tested where that is judged, in the tests of the plan's boot.</summary>
public sealed class AwsServiceTests
{
    private const string Key = "artifacts/relay";
    private const string SignedHeaders = "host;x-amz-content-sha256;x-amz-date;x-amz-security-token";

    private static readonly Plan Plan = BootPlan.Unpublished();

    private readonly RoleCredentials _role = RoleCredentials.Random();

    [Fact]
    public async Task A_request_that_the_role_signed_is_answered()
    {
        var (status, body, denied) = await AskAsync(_role);
        Assert.Equal((200, "content"), (status, body));
        Assert.Empty(denied);
    }

    [Fact]
    public async Task Who_has_not_the_roles_secret_gets_nothing()
    {
        var (status, body, denied) = await AskAsync(_role with { SecretAccessKey = "another" });
        Assert.Equal(403, status);
        Assert.DoesNotContain("content", body, StringComparison.Ordinal);
        Assert.Equal([$"s3:GetObject {Key}: the signature does not match"], denied);
    }

    // A request for an object, signed as the user guide says ("Create a signed AWS API request").
    private async Task<(int Status, string Body, IEnumerable<string> Denied)> AskAsync(RoleCredentials signer)
    {
        var aws = new AwsService(Plan, _role, new Dictionary<string, Func<byte[]>> { [Key] = () => Encoding.UTF8.GetBytes("content") });
        var host = aws.Names.Single(name => name.Contains(".s3.", StringComparison.Ordinal));
        var time = $"{DateTime.UtcNow:yyyyMMdd'T'HHmmss'Z'}";
        var scope = $"{time[..8]}/eu-central-1/s3/aws4_request";
        var canonical = $"GET\n/{Key}\n\nhost:{host}\nx-amz-content-sha256:{Hash("")}\nx-amz-date:{time}\nx-amz-security-token:{signer.Token}\n\n{SignedHeaders}\n{Hash("")}";
        var key = Encoding.UTF8.GetBytes("AWS4" + signer.SecretAccessKey);
        foreach (var part in scope.Split('/')) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hash(canonical)}")));

        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Host, context.Request.Path) = ("GET", new(host), "/" + Key);
        context.Request.Headers["X-Amz-Content-Sha256"] = Hash("");
        context.Request.Headers["X-Amz-Date"] = time;
        context.Request.Headers["X-Amz-Security-Token"] = signer.Token;
        context.Request.Headers.Authorization = $"AWS4-HMAC-SHA256 Credential={signer.AccessKeyId}/{scope}, SignedHeaders={SignedHeaders}, Signature={signature}";
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        await aws.AnswerAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(answer.ToArray()), aws.Denied);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

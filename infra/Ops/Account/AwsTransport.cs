using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Account;

/// <summary>
/// The HTTP client for AWS, with the proxy and certificates of the settings under <c>aws:</c>, like the deployment, and a timeout.
/// </summary>
internal sealed class AwsTransport : HttpClientFactory, IDisposable
{
    private const int MaxResponseBytes = 32 << 20;

    /// <param name="provider">The settings of the AWS provider.</param>
    /// <param name="limit">The timeout of a request.</param>
    /// <exception cref="NotAskedException">The certificates or the proxy can't be used.</exception>
    public AwsTransport(ProviderSettings provider, TimeSpan limit)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = limit };
        if ((provider.Get<string>("httpsProxy") ?? provider.Get<string>("httpProxy")) is { } proxy)
            handler.Proxy = Proxy(proxy, provider.Get<string>("noProxy"));
        // Certificates are verified in spite of aws:insecure: requests are signed with credentials, and none of them is essential.
        if ((provider.Get<string>("customCaBundle") ?? AwsCredentialSource.Set("AWS_CA_BUNDLE")) is { Length: > 0 } bundle)
            Trust(handler.SslOptions, bundle);
        Client = new(handler) { Timeout = limit, MaxResponseContentBufferSize = MaxResponseBytes };
    }

    public HttpClient Client { get; }

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => Client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => Client.Dispose();

    private static WebProxy Proxy(string address, string? without)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var proxy))
            throw new NotAskedException("the proxy in aws:httpProxy or aws:httpsProxy isn't a URL");
        // The handler matches SCHEME://HOST:PORT.
        var hosts = (without ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new(proxy, BypassOnLocal: false, [.. hosts.Select(host => $@"(://|\.){Regex.Escape(host.TrimStart('.'))}(:\d+)?$")]);
    }

    private static void Trust(SslClientAuthenticationOptions options, string bundle)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(bundle);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new NotAskedException(
                $"can't read the certificates in {bundle} (aws:customCaBundle or AWS_CA_BUNDLE): {cause.Message}");
        }
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust };
        policy.CustomTrustStore.AddRange(authorities);
        options.CertificateChainPolicy = policy;
    }
}

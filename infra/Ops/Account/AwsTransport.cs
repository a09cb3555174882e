using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Account;

/// <summary>
/// How AWS is reached: the proxy and the certificates that the settings under <c>aws:</c> name, as the deployment does; and a short time
/// for each request.
/// </summary>
internal sealed class AwsTransport : HttpClientFactory, IDisposable
{
    private const int MaxResponseBytes = 32 << 20;

    /// <summary>Prepares the client.</summary>
    /// <param name="provider">The settings of the AWS provider.</param>
    /// <param name="limit">How long a request may take.</param>
    /// <exception cref="NotAskedException">The certificates or the proxy cannot be used.</exception>
    public AwsTransport(ProviderSettings provider, TimeSpan limit)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = limit };
        if ((provider.Get<string>("httpsProxy") ?? provider.Get<string>("httpProxy")) is { } proxy)
            handler.Proxy = Proxy(proxy, provider.Get<string>("noProxy"));
        // Certificates are checked whatever aws:insecure says: credentials sign what is asked here, and nothing has to be asked.
        if ((provider.Get<string>("customCaBundle") ?? AwsCredentialSource.Set("AWS_CA_BUNDLE")) is { Length: > 0 } bundle)
            Trust(handler.SslOptions, bundle);
        Client = new(handler) { Timeout = limit, MaxResponseContentBufferSize = MaxResponseBytes };
    }

    /// <summary>The client of every request.</summary>
    public HttpClient Client { get; }

    /// <inheritdoc />
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => Client;

    /// <inheritdoc />
    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    /// <inheritdoc />
    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    /// <inheritdoc />
    public void Dispose() => Client.Dispose();

    private static WebProxy Proxy(string address, string? without)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var proxy))
            throw new NotAskedException("the proxy in aws:httpProxy or aws:httpsProxy is not a URL");
        // The handler compares with SCHEME://HOST:PORT.
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
                $"the certificates in {bundle} (aws:customCaBundle or AWS_CA_BUNDLE) cannot be read: {cause.Message}");
        }
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust };
        policy.CustomTrustStore.AddRange(authorities);
        options.CertificateChainPolicy = policy;
    }
}

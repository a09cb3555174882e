using Causeway.Relay.Machine;
using Causeway.Turn.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Tests.Machine;

public class Ec2MetadataTests
{
    private const string Macs = "/latest/meta-data/network/interfaces/macs/";

    [Fact]
    public async Task A_public_address_is_found_with_the_private_one_behind_it()
    {
        await using var service = await StartAsync(new()
        {
            [Macs] = "0a:ff:00:00:00:01/\n0a:ff:00:00:00:02/",
            [Macs + "0a:ff:00:00:00:01/local-ipv4s"] = "10.0.1.10\n10.0.1.11",
            [Macs + "0a:ff:00:00:00:01/public-ipv4s"] = "198.51.100.7",
            [Macs + "0a:ff:00:00:00:01/ipv4-associations/198.51.100.7"] = "10.0.1.11",
            [Macs + "0a:ff:00:00:00:02/local-ipv4s"] = "10.0.2.20",
            [Macs + "0a:ff:00:00:00:02/ipv6s"] = "2001:db8::20",
        });

        Assert.Equal(
            [
                new(IpAddress.Parse("10.0.1.11"), IpAddress.Parse("198.51.100.7")),
                new(IpAddress.Parse("2001:db8::20"), IpAddress.Parse("2001:db8::20")),
            ],
            await Metadata(service).AddressesAsync(Deadline.Token));
    }

    [Fact]
    public async Task Without_a_public_address_the_private_one_is_relayed_on()
    {
        await using var service = await StartAsync(
            new() { [Macs] = "0a:ff:00:00:00:01/", [Macs + "0a:ff:00:00:00:01/local-ipv4s"] = "10.0.1.10" });

        Assert.Equal(
            [new(IpAddress.Parse("10.0.1.10"), IpAddress.Parse("10.0.1.10"))], await Metadata(service).AddressesAsync(Deadline.Token));
    }

    [Fact]
    public async Task A_service_that_gives_no_token_is_a_failure()
    {
        await using var service = await StartAsync([], token: "");
        await Assert.ThrowsAsync<HttpRequestException>(() => Metadata(service).AddressesAsync(Deadline.Token));
    }

    private static Ec2Metadata Metadata(WebApplication service) =>
        new(
            new(service.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()),
            TimeSpan.FromSeconds(10));

    /// <summary>A service like Amazon's version 2: nothing without a token from a PUT.</summary>
    private static async Task<WebApplication> StartAsync(Dictionary<string, string> answers, string token = "a token")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var service = builder.Build();
        service.Urls.Add("http://127.0.0.1:0");
        service.Run(async context =>
        {
            var (request, response) = (context.Request, context.Response);
            if (token.Length > 0 && request.Method == "PUT" && request.Path == "/latest/api/token"
                && request.Headers["X-aws-ec2-metadata-token-ttl-seconds"].Count == 1)
                await response.WriteAsync(token);
            else if (request.Method != "GET" || request.Headers["X-aws-ec2-metadata-token"] != token) response.StatusCode = 401;
            else if (answers.TryGetValue(request.Path.Value!, out var answer)) await response.WriteAsync(answer);
            else response.StatusCode = 404;
        });
        await service.StartAsync(Deadline.Token);
        return service;
    }
}

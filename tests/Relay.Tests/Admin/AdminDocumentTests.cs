using System.Net;
using Causeway.Relay.Admin;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Causeway.Relay.Tests.Admin;

/// <summary>The OpenAPI document of the admin interface, made by ASP.NET Core from its routes and messages.</summary>
public sealed class AdminDocumentTests
{
    private const string Name = "v1";
    private const string Scheme = "token";

    [Fact]
    public async Task It_describes_the_routes_as_they_are()
    {
        await using var relay = await TestRelay.StartAsync();
        await using var app = AdminEndpoint.Build(
            relay.Host,
            new(IPAddress.Loopback, 0),
            services => services
                .AddSingleton(TimeProvider.System)
                .AddOpenApi(Name, options => options.AddDocumentTransformer(DescribeAsync)));
        // The routes are known from the start on.
        await app.StartAsync(Deadline.Token);

        var document = await app.Services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync(Deadline.Token);

        Assert.Equal(
            ["/v1/drain", "/v1/reload", "/v1/revocations", "/v1/sessions", "/v1/sessions/{id}", "/v1/settings", "/v1/undrain"],
            document.Paths.Keys.Order());
        var json = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, Deadline.Token);
        Generated.IsFresh("docs/relay-admin.json", json + "\n");
    }

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new()
        {
            Title = "Causeway relay: admin interface",
            Version = Name,
            Description = "A change needs a JSON content type or the header Causeway-Admin. See docs/relay.md, \"The admin interface\".",
        };
        document.Servers = [new() { Url = "http://127.0.0.1:9478", Description = "relay.admin" }];
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A token of relay.adminTokenFile; none is needed on loopback without that setting.",
            },
        };
        document.Security = [new() { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }, new()];
        return Task.CompletedTask;
    }
}

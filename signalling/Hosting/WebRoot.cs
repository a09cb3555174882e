using System.Collections.Concurrent;
using System.Security.Cryptography;
using Causeway.Signalling.Wire;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// Serves the files of <c>wwwroot</c> as they are: <c>/</c> and <c>/r/&lt;room&gt;</c> are the page. Browsers ask again each time and are answered
/// 304 while a file's content is the same, so that after an upgrade nobody runs yesterday's modules beside today's.
/// </summary>
internal sealed class WebRoot(IFileProvider files)
{
    private readonly ConcurrentDictionary<(string Path, DateTimeOffset Modified, long Length), EntityTagHeaderValue> _tags = new();

    /// <summary>Where the files stand: beside the program, from wherever it is run.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "wwwroot");

    /// <summary>Adds the web client to the pipeline.</summary>
    /// <param name="app">The pipeline.</param>
    /// <param name="root">The folder of the files.</param>
    /// <exception cref="StartException">The folder is not there.</exception>
    public static void Use(WebApplication app, string root)
    {
        if (!Directory.Exists(root)) throw new StartException($"{root} is missing: it holds the web client and belongs beside the program; publish or build again");
        var files = new PhysicalFileProvider(root);
        app.Use(new WebRoot(files).InvokeAsync);
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files });
    }

    private async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "";
        var noRoom = path.StartsWith("/r/", StringComparison.Ordinal) && !MessageRules.IsRoom(path[3..]);
        if (path == "/" || path.StartsWith("/r/", StringComparison.Ordinal)) path = "/index.html";
        if (files.GetFileInfo(path) is not { Exists: true, IsDirectory: false } file)
        {
            await next(context);
            return;
        }

        // The tag is made of the content: file times say nothing, for a build from the same source gives all of them the same one.
        var tag = Tag(path, file);
        var headers = context.Response.GetTypedHeaders();
        context.Response.OnStarting(() =>
        {
            headers.ETag = tag;
            headers.LastModified = null;
            headers.CacheControl = new() { NoCache = true };
            // The page says what a room may be called, and proposes a name.
            if (noRoom && context.Response.StatusCode == StatusCodes.Status200OK) context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        if (request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        request.Headers.Remove(HeaderNames.IfNoneMatch);
        request.Headers.Remove(HeaderNames.IfModifiedSince);
        request.Headers.Remove(HeaderNames.Range);
        request.Path = path;
        await next(context);
    }

    private EntityTagHeaderValue Tag(string path, IFileInfo file) => _tags.GetOrAdd((path, file.LastModified, file.Length), _ =>
    {
        using var content = file.CreateReadStream();
        return new($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}\"");
    });
}

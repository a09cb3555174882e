using System.Collections.Frozen;
using System.Security.Cryptography;
using Causeway.Signalling.Diagnostics;
using Causeway.Signalling.Names;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace Causeway.Signalling.Hosting;

/// <summary>
/// Serves the files of <c>wwwroot</c>: <c>/</c> and <c>/r/&lt;room&gt;</c> are the page. Browsers revalidate each file and get 304 while
/// its content is the same, so that after an upgrade no page mixes old and new modules.
/// </summary>
/// <remarks>
/// The files are found once, at the start, and each has one spelling. So the number of tags kept is bounded, whatever paths clients
/// request: the file system would also accept <c>//js///main.js</c> and many more.
/// </remarks>
internal sealed class WebRoot
{
    private const string Page = "/index.html";
    private const string Rooms = "/r/";

    private readonly FrozenDictionary<string, WebFile> _files;

    private WebRoot(IFileProvider files) => _files = Below(files, "/").ToFrozenDictionary(file => file.Path, StringComparer.Ordinal);

    /// <summary>Gets the folder of the files, beside the program.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "wwwroot");

    /// <summary>Serves the web client.</summary>
    /// <param name="app">The pipeline.</param>
    /// <param name="root">The folder of the files.</param>
    /// <exception cref="StartException">The folder is missing.</exception>
    public static void Use(IApplicationBuilder app, string root)
    {
        if (!Directory.Exists(root))
            throw new StartException($"{root} is missing: the web client belongs there, beside the program; publish or build again");
        var files = new PhysicalFileProvider(root);
        app.Use(new WebRoot(files).InvokeAsync);
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files });
    }

    private async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "";
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var noRoom = false;
        if (reads && path.StartsWith(Rooms, StringComparison.Ordinal))
        {
            var given = path[Rooms.Length..];
            noRoom = !RoomName.TryRead(given.EndsWith('/') ? given[..^1] : given, out var room);
            if (!noRoom && room != given)
            {
                Redirect(context, room!);
                return;
            }

            path = Page;
        }

        if (path == "/") path = Page;
        if (!reads || !_files.TryGetValue(path, out var file))
        {
            // Endpoints answer for themselves.
            if (context.GetEndpoint() is not null) await next(context);
            else await NotFound.AnswerAsync(context, _files.GetValueOrDefault(NotFound.Page)?.Info);
            return;
        }

        // The tag is a hash of the content: file times are all the same in a reproducible build.
        var tag = file.Tag();
        var headers = context.Response.GetTypedHeaders();
        context.Response.OnStarting(() =>
        {
            headers.ETag = tag;
            headers.LastModified = null;
            headers.CacheControl = new() { NoCache = true };
            // The page shows the rule for room names, and proposes one.
            if (noRoom && context.Response.StatusCode == StatusCodes.Status200OK)
                context.Response.StatusCode = StatusCodes.Status404NotFound;
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

    // A room has one address, so that the page need not know which spellings are equal.
    private static void Redirect(HttpContext context, string room)
    {
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Redirect(new PathString(Rooms + room).ToUriComponent() + context.Request.QueryString.ToUriComponent());
    }

    private static IEnumerable<WebFile> Below(IFileProvider files, string folder)
    {
        foreach (var entry in files.GetDirectoryContents(folder))
        {
            if (!entry.IsDirectory) yield return new(files, folder + entry.Name);
            else foreach (var file in Below(files, $"{folder}{entry.Name}/")) yield return file;
        }
    }

    // A file with its tag, which is computed again when the file changes during development.
    private sealed class WebFile(IFileProvider files, string path)
    {
        private readonly Lock _gate = new();
        private (DateTimeOffset Modified, long Length, EntityTagHeaderValue Tag)? _known;

        public string Path => path;

        public IFileInfo Info => files.GetFileInfo(path);

        public EntityTagHeaderValue Tag()
        {
            var file = Info;
            lock (_gate)
            {
                if (_known is { } known && known.Modified == file.LastModified && known.Length == file.Length) return known.Tag;
                using var content = file.CreateReadStream();
                var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}\"");
                _known = (file.LastModified, file.Length, tag);
                return tag;
            }
        }
    }
}

/// <summary>Adds the web client.</summary>
internal static class WebRootExtensions
{
    public static void UseWebClient(this IApplicationBuilder app) => WebRoot.Use(app, WebRoot.Folder);
}

using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace Transcendence.Pages;

/// <summary>The files of pages, which are embedded in the assembly of who serves them, in <c>wwwroot/</c>.</summary>
public static class PageAssets
{
    /// <summary>Where the files are served.</summary>
    public const string Path = "/public";

    /// <summary>The picture of the site, in <c>wwwroot/</c>.</summary>
    private const string Icon = "icon.svg";

    private const string Root = "wwwroot";

    private static readonly ConcurrentDictionary<Assembly, IFileProvider> s_files = new();

    /// <summary>Serves the scripts, styles and pictures of an assembly, and those that all pages share, under <see cref="Path"/>.</summary>
    /// <param name="app">The server.</param>
    /// <param name="assembly">The assembly; its project sets <c>GenerateEmbeddedFilesManifest</c> and embeds <c>wwwroot/**</c>.</param>
    /// <remarks>HTML is not among them: it is for <see cref="Html"/>, behind the login.</remarks>
    public static void UsePageAssets(this IApplicationBuilder app, Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(assembly);
        var types = new FileExtensionContentTypeProvider();
        types.Mappings.Remove(".html");

        // A browser asks for it by itself where a page, such as an answer in JSON, names none.
        app.Use((context, next) =>
        {
            if (context.Request.Path == "/favicon.ico")
            {
                context.Request.Path = $"{Path}/{Icon}";
            }

            return next(context);
        });
        app.UseStaticFiles(new StaticFileOptions
        {
            RequestPath = Path,
            FileProvider = new CompositeFileProvider(Files(assembly), Files(typeof(PageAssets).Assembly)),
            ContentTypeProvider = types,
            // Asked for each time and answered with 304: a new version of the program shows its own pages at once.
            OnPrepareResponse = context => context.Context.Response.Headers.CacheControl = "no-cache",
        });
    }

    /// <summary>Answers with a page.</summary>
    /// <param name="assembly">The assembly that has it.</param>
    /// <param name="name">Its path in <c>wwwroot/</c>, for example <c>index.html</c>.</param>
    /// <param name="statusCode">The status of the answer.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="FileNotFoundException">There is no such page.</exception>
    public static IResult Html(Assembly assembly, string name, int statusCode = StatusCodes.Status200OK) =>
        TypedResults.Text(ReadHtml(assembly, name), "text/html; charset=utf-8", statusCode: statusCode);

    /// <summary>Reads a page, for who has to fill something in.</summary>
    /// <param name="assembly">The assembly that has it.</param>
    /// <param name="name">Its path in <c>wwwroot/</c>.</param>
    /// <returns>The text.</returns>
    /// <exception cref="FileNotFoundException">There is no such page.</exception>
    public static string ReadHtml(Assembly assembly, string name)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var file = Files(assembly).GetFileInfo(name);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"'{Root}/{name}' is not embedded in {assembly.GetName().Name}.", name);
        }

        using var reader = new StreamReader(file.CreateReadStream());
        return reader.ReadToEnd();
    }

    private static IFileProvider Files(Assembly assembly) => s_files.GetOrAdd(assembly, a => new ManifestEmbeddedFileProvider(a, Root));
}

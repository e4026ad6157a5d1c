using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.Dashboard;

/// <summary>Tells of the resources, and gives them commands.</summary>
internal sealed class ResourceApi(KnownResources resources, ResourceCommandService commands, IHostApplicationLifetime lifetime)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/resources");
        group.MapGet("", GetAll);
        group.MapGet("/{name}", Get);
        group.MapPost("/{name}/commands/{command}", ExecuteAsync);
    }

    private IReadOnlyList<ResourceView> GetAll() => [.. resources.All.Where(e => !e.Snapshot.IsHidden).Select(e => ResourceView.Of(e))];

    private Results<Ok<ResourceView>, ProblemHttpResult> Get(string name, string? reveal)
    {
        if (!Problems.TryParse(reveal, out bool revealSecrets))
        {
            return Problems.BadParameter(nameof(reveal), reveal, "true or false");
        }

        return resources.Find(name) is { } resource ? TypedResults.Ok(ResourceView.Of(resource, revealSecrets)) : resources.Unknown(name);
    }

    // Not ended with the request: a restart that was asked for is not to be left half done.
    private async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(string name, string command)
    {
        if (resources.Find(name) is not { } resource)
        {
            return resources.Unknown(name);
        }

        if (resource.Snapshot.Commands.FirstOrDefault(c => c.Name == command) is not { } known)
        {
            var names = string.Join(", ", resource.Snapshot.Commands.Select(c => c.Name));
            return Problems.Of(
                StatusCodes.Status404NotFound,
                "No such command",
                $"Resource '{resource.Resource.Name}' has no command '{command}'. {(names.Length == 0 ? "It has none." : $"It has: {names}.")}");
        }

        if (known.State != ResourceCommandState.Enabled)
        {
            return Problems.Of(
                StatusCodes.Status409Conflict,
                "Not now",
                $"'{command}' cannot be done with '{resource.Resource.Name}' in its state '{resource.Snapshot.State?.Text}'.");
        }

        var result = await commands.ExecuteCommandAsync(resource.Resource, command, lifetime.ApplicationStopping).ConfigureAwait(false);
        return result.Success
            ? TypedResults.NoContent()
            : Problems.Of(
                StatusCodes.Status422UnprocessableEntity,
                result.Canceled ? "Canceled" : "The command failed",
                result.ErrorMessage ?? $"'{command}' of '{resource.Resource.Name}' {(result.Canceled ? "was canceled" : "failed without saying why; see its log")}.");
    }
}

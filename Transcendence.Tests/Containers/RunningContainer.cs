using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Containers;

/// <summary>A container with a port on loopback. Disposing removes it.</summary>
internal sealed class RunningContainer : IAsyncDisposable
{
    private readonly string _id;

    private RunningContainer(string id) => _id = id;

    /// <summary>A client of its port.</summary>
    public HttpClient Client { get; } = new();

    /// <summary>Starts a container and waits until it answers.</summary>
    /// <param name="image">Its image, from which it has its command.</param>
    /// <param name="port">The port that it listens on.</param>
    /// <param name="health">The path that answers when it is ready.</param>
    /// <param name="options">Further options of <c>docker run</c>.</param>
    public static async Task<RunningContainer> StartAsync(string image, int port, string health, params string[] options)
    {
        var id = await DockerEngine.DockerAsync(["run", "--detach", "--network", DockerEngine.Network, "--publish", $"127.0.0.1::{port}", .. options, image]);
        var container = new RunningContainer(id);
        try
        {
            container.Client.BaseAddress = new Uri($"http://{await DockerEngine.DockerAsync("port", id, $"{port}/tcp")}/");
            await Eventually.TrueAsync(async () => (await container.Client.GetAsync(health)).IsSuccessStatusCode, $"{image} answers at {health}");
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command in it.</summary>
    /// <returns>What the command wrote to standard output.</returns>
    public Task<string> ExecuteAsync(params string[] command) => DockerEngine.DockerAsync(["exec", _id, .. command]);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await DockerEngine.DockerAsync("rm", "--force", "--volumes", _id);
    }
}

using System.Reflection;

namespace Transcendence.AppHost;

/// <summary>Starts services as the programs that the build has made of them.</summary>
/// <remarks>
/// Aspire starts a project as <c>dotnet run</c>, a process more for each: measured, four seconds and 400 MB for ours together. The paths are
/// written into this assembly by the build (Transcendence.AppHost.csproj).
/// </remarks>
internal static class BuiltPrograms
{
    private static readonly Assembly s_assembly = typeof(BuiltPrograms).Assembly;

    private static readonly Dictionary<string, string> s_programs = s_assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Where(data => data.Key.StartsWith("program:", StringComparison.Ordinal)).ToDictionary(data => data.Key["program:".Length..], data => data.Value!);

    /// <summary>Starts the program itself, where it has been built. Under <c>dotnet watch</c> it stays Aspire's way; an IDE's launch wins by itself.</summary>
    public static void StartAsBuiltProgram(this IResourceBuilder<ProjectResource> service)
    {
        var project = service.Resource.GetProjectMetadata().ProjectPath;
        if (!service.ApplicationBuilder.ExecutionContext.IsRunMode || Environment.GetEnvironmentVariable("DOTNET_WATCH") is not null || !s_programs.TryGetValue(project, out var assembly))
        {
            return;
        }

        var program = Path.ChangeExtension(assembly, OperatingSystem.IsWindows() ? ".exe" : null);
        if (File.Exists(program))
        {
            // The content root is the project, as with `dotnet run`.
            service.WithAnnotation(new ExecutableAnnotation { Command = program, WorkingDirectory = Path.GetDirectoryName(project)! });

            // The dashboard's Rebuild runs `dotnet build`, which would build another configuration than the one that runs. MSBuild reads it from the environment too.
            var configuration = s_assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;
            foreach (var rebuilder in service.ApplicationBuilder.Resources.OfType<ExecutableResource>().Where(r => r.Name == $"{service.Resource.Name}-rebuilder").ToList())
            {
                service.ApplicationBuilder.CreateResourceBuilder(rebuilder).WithEnvironment("Configuration", configuration);
            }
        }
    }
}

using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Transcendence.AppHost;

/// <summary>The frame around the model: what has to be so before its first line, and after its last.</summary>
internal static class Application
{
    /// <summary>Creates the builder of the application.</summary>
    /// <param name="args">The command line.</param>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        AppDomain.CurrentDomain.UnhandledException += TellUser;
        Proxies.ExceptLoopback();
        // Programs that are started by themselves find .NET where this one did. Nothing here reads its settings again, and each watch of a file is one of the 128 that Linux gives a user.
        Environment.SetEnvironmentVariable("DOTNET_ROOT", Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory()));
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");

        var builder = DistributedApplication.CreateBuilder(DashboardPorts.AddTo(args));
        builder.ReadKeptPasswords();
        return builder;
    }

    /// <summary>Applies the settings to the model, and runs it.</summary>
    public static void Run(this IDistributedApplicationBuilder builder)
    {
        builder.ConfigureServices();
        builder.ApplyPorts();
        builder.CheckDataDirectory();
        builder.Build().Run();
    }

    /// <summary>A password that was generated is kept in the user secrets in every environment, but Aspire reads them in Development only.</summary>
    private static void ReadKeptPasswords(this IDistributedApplicationBuilder builder)
    {
        if (builder.AppHostAssembly is not { } assembly || builder.ExecutionContext.IsPublishMode)
        {
            return;
        }

        var id = assembly.GetCustomAttributes(typeof(UserSecretsIdAttribute), inherit: false).OfType<UserSecretsIdAttribute>().Single().UserSecretsId;
        var file = PathHelper.GetSecretsPathFromSecretsId(id);
        try
        {
            // Aspire keeps them only where the file is JSON or absent, and says nothing where it cannot.
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            using var stream = File.Open(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(stream.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            if (stream.Length == 0)
            {
                stream.Write("{}"u8);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"Generated passwords cannot be kept in {file}: {e.Message.TrimEnd('.')}. " +
                "Give your own with --Parameters:grafana-admin-password=… and --Parameters:grafana-secret-key=…, or they are others at the next start.");
        }

        // First, so that every other source comes before it.
        var secrets = new ConfigurationBuilder().AddUserSecrets(assembly, optional: true).Sources.Single();
        builder.Configuration.Sources.Insert(0, secrets);
    }

    /// <summary>What a user can do wrong is told in one line.</summary>
    private static void TellUser(object sender, UnhandledExceptionEventArgs e)
    {
        if (e.ExceptionObject is Exception exception && exception.GetBaseException() is DistributedApplicationException { Message: var message })
        {
            Console.Error.WriteLine(message);
            Environment.Exit(1);
        }
    }
}

namespace Transcendence.Hosting.Tools;

/// <summary>Pulls the image of a tool before its container is made, so that the resource's state tells of it.</summary>
internal static class ImagePull
{
    public static async Task RunAsync(ContainerResource container, ToolAnnotation tool, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (tool.Runtime is not { } runtime || container.Annotations.OfType<DockerfileBuildAnnotation>().Any() || !container.TryGetContainerImageName(out var image) || await runtime.HasImageAsync(image).ConfigureAwait(false))
        {
            return;
        }

        var notifications = services.GetRequiredService<ResourceNotificationService>();
        await ShowAsync($"Pulling {image}", KnownResourceStateStyles.Info).ConfigureAwait(false);
        if (await runtime.PullAsync(image, cancellationToken).ConfigureAwait(false) is { } reason)
        {
            var setting = $"{ToolRun.ImagesSetting}:{tool.Tool.Name}";
            var failure = ToolResourceExtensions.Failure(services, container, $"The image {image} of '{container.Name}' cannot be pulled: {reason}. " +
                $"Name another image with --{setting}=IMAGE, or run the tools as executables with --{ToolRun.Setting}=executables.");
            _ = ShowAfterFailureAsync($"No image {image}: set {setting} or {ToolRun.Setting}");
            throw failure;
        }

        Task ShowAsync(string text, string style) => notifications.PublishUpdateAsync(container, s => s with { State = new(text, style) });

        // In the place of Aspire's own state, once what waits for the tool has seen that. Aspire offers a start by the names of its states.
        async Task ShowAfterFailureAsync(string text)
        {
            await notifications.WaitForResourceAsync(container.Name, KnownResourceStates.FailedToStart, cancellationToken).ConfigureAwait(false);
            var start = container.Annotations.OfType<ResourceCommandAnnotation>().Single(command => command.Name == KnownResourceCommands.StartCommand);
            container.Annotations.Remove(start);
            container.Annotations.Add(new ResourceCommandAnnotation(
                start.Name, start.DisplayName, context => context.ResourceSnapshot.State?.Text == text ? ResourceCommandState.Enabled : start.UpdateState(context),
                start.ExecuteCommand, start.DisplayDescription, start.Arguments, start.ConfirmationMessage, start.IconName, start.IconVariant, start.IsHighlighted));
            await ShowAsync(text, KnownResourceStateStyles.Error).ConfigureAwait(false);
        }
    }
}

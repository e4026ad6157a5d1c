#pragma warning disable ASPIREPIPELINES001 // The pipeline is how Aspire publishes.
using Aspire.Hosting.Pipelines;

namespace Transcendence.Hosting.Publishing;

/// <summary>What a user can do about why nothing was published; without a stack trace, which Aspire would print, twice.</summary>
internal sealed class PublishingException(Exception exception) : DistributedApplicationException(exception.Message, exception)
{
    /// <summary>A step that fails by a message in one line. Without the CLI Aspire would end with success.</summary>
    public static Func<PipelineStepContext, Task> InOneLine(Func<PipelineStepContext, Task> step) => async context =>
    {
        try
        {
            await step(context).ConfigureAwait(false);
        }
        catch (DistributedApplicationException e)
        {
            Environment.ExitCode = 1;
            throw new PublishingException(e);
        }
        catch
        {
            Environment.ExitCode = 1;
            throw;
        }
    };

    public override string ToString() => Message;
}

#pragma warning disable ASPIREPIPELINES001 // The pipeline is how Aspire runs commands on a model.
using Aspire.Hosting.Pipelines;

namespace Transcendence.Hosting;

/// <summary>Steps of Aspire's pipeline.</summary>
internal static class PipelineSteps
{
    /// <summary>A step that fails by a message in one line. Without the CLI Aspire would end with success.</summary>
    public static Func<PipelineStepContext, Task> InOneLine(Func<PipelineStepContext, Task> step) => async context =>
    {
        try
        {
            await step(context).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Environment.ExitCode = 1;
            if (e is not DistributedApplicationException)
            {
                throw;
            }

            throw new ExplainedException(e.Message);
        }
    };
}

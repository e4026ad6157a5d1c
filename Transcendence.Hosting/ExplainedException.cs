namespace Transcendence.Hosting;

/// <summary>What a user can do about what went wrong; without a stack trace, which Aspire would print.</summary>
/// <param name="message">What is wrong, the reason, and the remedy.</param>
internal sealed class ExplainedException(string message) : DistributedApplicationException(message)
{
    public override string ToString() => Message;
}

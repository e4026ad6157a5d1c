namespace Transcendence.Hosting.Tools;

/// <summary>One place does not give the tool; the message is the reason that the user reads.</summary>
internal sealed class ToolSourceException(string reason) : Exception(reason);

namespace Transcendence.Viewer.Provisioning;

/// <summary>A file that could not be used, or not wholly.</summary>
/// <param name="File">Its path.</param>
/// <param name="Message">What is wrong, and what to do.</param>
internal sealed record Problem(string File, string Message);

/// <summary>What was found in files, and what was wrong with some.</summary>
/// <typeparam name="T">What was found.</typeparam>
/// <param name="Items">What was found.</param>
/// <param name="Problems">What was wrong.</param>
internal sealed record Found<T>(IReadOnlyList<T> Items, IReadOnlyList<Problem> Problems);

/// <summary>A file says something that cannot be used.</summary>
/// <param name="message">What is wrong, and what to do.</param>
internal sealed class ProvisioningException(string message) : Exception(message);

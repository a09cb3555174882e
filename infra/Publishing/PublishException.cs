namespace Causeway.Publishing;

/// <summary>Publishing failed; the message says what is wrong, where, and how to fix it.</summary>
public sealed class PublishException(string message, Exception? cause = null) : Exception(message, cause);

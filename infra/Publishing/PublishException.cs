namespace Causeway.Publishing;

/// <summary>The programs could not be published; the message says what is wrong, where, and how to mend it.</summary>
public sealed class PublishException(string message, Exception? cause = null) : Exception(message, cause);

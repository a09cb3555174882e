namespace Causeway.Ops.Account;

/// <summary>The account was not queried; the message gives the reason.</summary>
internal sealed class NotAskedException(string reason, Exception? cause = null) : Exception(reason, cause);

/// <summary>One query has no answer; the message gives the reason.</summary>
internal sealed class NotKnownException(string reason, Exception? cause = null) : Exception(reason, cause);

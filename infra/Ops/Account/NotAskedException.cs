namespace Causeway.Ops.Account;

/// <summary>Why the account was not asked at all. Its message is shown; a plan without an account is a plan all the same.</summary>
internal sealed class NotAskedException(string reason, Exception? cause = null) : Exception(reason, cause);

/// <summary>Why one question has no answer. Its message is shown beside the question.</summary>
internal sealed class NotKnownException(string reason, Exception? cause = null) : Exception(reason, cause);

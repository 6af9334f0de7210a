namespace MicroCreds.Ledger.Papers;

/// <summary>
/// A file, a picture or a paper is not as it must be; the message says why, in words for a developer.
/// </summary>
/// <param name="message">What is wrong, and what would be right.</param>
/// <param name="inner">What a reader said of it. Default is none.</param>
public sealed class PaperException(string message, Exception? inner = null) : Exception(message, inner);

namespace MicroCreds.Ledger.Model;

/// <summary>A JSON document that is refused before anyone looks into it.</summary>
public sealed class StrictJsonException : FormatException
{
    /// <summary>Makes an exception about one place in a document.</summary>
    public StrictJsonException(string path, string reason, Exception? innerException = null)
        : base(path.Length == 0 ? reason : $"{path}: {reason}", innerException)
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>The place as a JSON pointer (RFC 6901); empty for the document as a whole.</summary>
    public string Path { get; }

    /// <summary>What is wrong, and what would be right.</summary>
    public string Reason { get; }
}

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>Looks into files that carry credentials and are no texts, such as PDFs and badges. Thread-safe.</summary>
public interface IFileOpener
{
    /// <summary>Whether it is such a file, by its beginning.</summary>
    /// <param name="file">Whatever it is.</param>
    bool IsFile(ReadOnlySpan<byte> file);

    /// <summary>Gives what lies within a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>What may be credentials; nothing if the file carries nothing, or cannot be read.</returns>
    IReadOnlyList<byte[]> Open(ReadOnlyMemory<byte> file);
}

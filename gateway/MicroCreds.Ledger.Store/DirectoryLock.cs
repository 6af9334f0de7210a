namespace MicroCreds.Ledger.Store;

/// <summary>
/// Says that a data directory is in use, as long as the process lives: the operating system takes it back, however that
/// ends.
/// </summary>
public sealed class DirectoryLock : IDisposable
{
    /// <summary>The file in the directory that is held open.</summary>
    public const string FileName = "in-use.lock";

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes a directory.</summary>
    /// <exception cref="StoreException">Another process has it.</exception>
    public static DirectoryLock Take(string directory)
    {
        string path = Path.Combine(directory, FileName);
        try
        {
            return new DirectoryLock(PrivateFile.Open(path, FileMode.OpenOrCreate, share: FileShare.None));
        }
        catch (IOException exception) when (IsTaken(exception))
        {
            throw new StoreException(
                $"""
                The data directory {Path.GetFullPath(directory)} is in use by another process. Stop that one first, or
                give this one a directory of its own (MICROCREDS_DATA_DIRECTORY).
                """.ReplaceLineEndings(" "),
                exception);
        }
    }

    public void Dispose() => _file.Dispose();

    // A missing directory or a full disk is told as what it is. EWOULDBLOCK, and Windows' sharing violation.
    private static bool IsTaken(IOException exception) =>
        exception.GetType() == typeof(IOException) && (exception.HResult & 0xFFFF) is 11 or 32 or 35;
}

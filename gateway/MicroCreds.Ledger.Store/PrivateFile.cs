namespace MicroCreds.Ledger.Store;

/// <summary>Files that only their owner may read: databases, keys.</summary>
public static class PrivateFile
{
    /// <summary>Opens a file to write, and creates it with nobody else's rights if it is not there.</summary>
    public static FileStream Open(
        string path, FileMode mode, FileOptions fileOptions = FileOptions.None, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Options = fileOptions,
            Share = share,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>
    /// Writes a file so that it is there whole or not at all, and on the disk when this returns.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string unfinished = path + ".new";
        using (var file = Open(unfinished, FileMode.Create))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }
}

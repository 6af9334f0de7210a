namespace MicroCreds.Ledger.CommandLine.Reporting;

/// <summary>Where answers are written to.</summary>
internal static class OutputFile
{
    /// <summary>
    /// Requires that a file can be written, before anything is done whose answer would be lost. Leaves what is there.
    /// </summary>
    /// <exception cref="CommandException">It cannot.</exception>
    public static void RequireWritable(string path)
    {
        bool isNew = !File.Exists(path);
        try
        {
            File.Open(path, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
            if (isNew) File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, e);
        }
    }

    /// <summary>Makes a folder, if it is not there.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, e);
        }
    }

    private static CommandException Unwritable(string path, Exception cause) => new(
        ExitCodes.CannotCreate, $"--out {path} cannot be written, so nothing was done: {cause.Message}");
}

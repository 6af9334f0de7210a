namespace MicroCreds.Ledger.CommandLine.Reporting;

/// <summary>Where answers are written to.</summary>
internal static class OutputFile
{
    private const string Out = "--out";

    /// <summary>
    /// Requires that a file can be written, before anything is done whose answer would be lost. Leaves what is there.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it; none where it is an argument.</param>
    /// <exception cref="CommandException">It cannot.</exception>
    public static void RequireWritable(string path, string? option = Out)
    {
        bool isNew = !File.Exists(path);
        try
        {
            File.Open(path, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
            if (isNew) File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, option, e);
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
            throw Unwritable(path, Out, e);
        }
    }

    private static CommandException Unwritable(string path, string? option, Exception cause) => new(
        ExitCodes.CannotCreate,
        $"{(option is null ? path : $"{option} {path}")} cannot be written, so nothing was done: {cause.Message}");
}

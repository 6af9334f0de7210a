namespace MicroCreds.Ledger.Operator;

/// <summary>How much a process has written: what is not the same as before is the sign that it is at work.</summary>
internal static class Growth
{
    /// <summary>Sums up the sizes of a file, or of all files below a directory; 0 if there is none.</summary>
    public static long Measure(string path) => File.Exists(path)
        ? SizeOf(new FileInfo(path))
        : Directory.Exists(path)
            ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(SizeOf)
            : 0;

    private static long SizeOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (IOException)
        {
            return 0; // It was listed, and removed since.
        }
    }
}

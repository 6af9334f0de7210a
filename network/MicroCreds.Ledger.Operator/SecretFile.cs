namespace MicroCreds.Ledger.Operator;

/// <summary>A file that only its owner may read, written at once or not at all.</summary>
internal static class SecretFile
{
    public static void Write(string file, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using (var stream = Create(file + ".new"))
        {
            stream.Write(content);
        }

        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Creates a directory that only its owner may look into.</summary>
    public static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        Directory.CreateDirectory(
            directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Creates such a file to be written piece by piece.</summary>
    public static FileStream Create(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(file, options);
    }
}

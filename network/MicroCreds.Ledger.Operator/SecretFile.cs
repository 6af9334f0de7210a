namespace MicroCreds.Ledger.Operator;

/// <summary>A file that only its owner may read, written at once or not at all.</summary>
internal static class SecretFile
{
    public static void Write(string file, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(file + ".new", options))
        {
            stream.Write(content);
        }

        File.Move(file + ".new", file, overwrite: true);
    }
}

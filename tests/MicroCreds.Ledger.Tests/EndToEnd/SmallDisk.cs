using System.Diagnostics;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>A file system of its own that can really be filled, where the machine lets a test mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int FillBytes = 64 * 1024;

    private SmallDisk(string path) => Path = path;

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Mounts one, or skips the test and says why.</summary>
    public static SmallDisk MountOrSkip(int megabytes)
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess,
            "A full disk is tried on a small file system of its own, which root alone may mount.");
        string path = Directory.CreateTempSubdirectory("disk-").FullName;
        var (code, said) = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path);
        if (code == 0)
            return new SmallDisk(path);
        Directory.Delete(path);
        Assert.Skip($"A full disk is tried on a small file system, which cannot be mounted here: {said}");
        throw new InvalidOperationException();
    }

    /// <summary>Takes every byte that is left; more may be taken each time, of what others gave back.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (int size in (int[])[FillBytes, 4096, 1])
        {
            try
            {
                while (true)
                    file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // Full, for pieces of this size.
                continue;
            }
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        var (code, said) = Run("umount", Path);
        if (code != 0)
            (code, said) = Run("umount", "--lazy", Path);
        Assert.True(code == 0, said);
        Directory.Delete(Path);
    }

    private static (int Code, string Said) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said.Trim());
    }
}

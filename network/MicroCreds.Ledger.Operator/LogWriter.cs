using System.Diagnostics;
using System.Globalization;

namespace MicroCreds.Ledger.Operator;

/// <summary>The process that writes to a log file, for who has lost its number; only Linux tells.</summary>
internal static class LogWriter
{
    private const int StandardOutput = 1;

    /// <summary>Finds the process whose standard output is the file; null if there is none, or none is seen.</summary>
    public static Process? Find(string log)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(log))
        {
            return null;
        }

        // As /proc tells it: without the links that the path may go through.
        string file;
        using (var handle = File.OpenHandle(log, share: FileShare.ReadWrite | FileShare.Delete))
        {
            file = TargetOf(Environment.ProcessId, handle.DangerousGetHandle()) ?? log;
        }

        foreach (string directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                && TargetOf(id, StandardOutput) == file)
            {
                try
                {
                    return Process.GetProcessById(id);
                }
                catch (ArgumentException)
                {
                    // It ended meanwhile.
                }
            }
        }

        return null;
    }

    private static string? TargetOf(int process, nint descriptor)
    {
        try
        {
            return new FileInfo($"/proc/{process}/fd/{descriptor}").LinkTarget;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended, or is another user's.
        }
    }
}

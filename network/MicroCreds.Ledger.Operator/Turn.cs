using System.Diagnostics;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// One network at a time chooses its ports and takes them: of two that choose at once, both find the same ones free.
/// </summary>
internal static class Turn
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The same for all of a user's networks, wherever each keeps its temporary files.</summary>
    private static readonly string LockFile = Path.Combine(Folder, "microcreds.lock");

    private static string Folder => Environment.GetFolderPath(
        Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create) is { Length: > 0 } own
        ? own
        : Path.GetTempPath();

    /// <summary>Waits for the turn, which lasts until it is disposed of.</summary>
    /// <exception cref="OperatorException">Another start goes on for too long.</exception>
    public static async Task<IDisposable> TakeAsync(CancellationToken cancellation)
    {
        for (long begin = Stopwatch.GetTimestamp(); ; await Task.Delay(RetryInterval, cancellation))
        {
            try
            {
                return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception)
            {
                if (Stopwatch.GetElapsedTime(begin) > Patience)
                {
                    throw new OperatorException(
                        $"Another network has been starting for {Patience.TotalMinutes:F0} minutes and holds "
                        + $"{LockFile}: wait for it, or end it. ({exception.Message})");
                }
            }
        }
    }
}

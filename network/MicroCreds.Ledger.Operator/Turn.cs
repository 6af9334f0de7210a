using System.Diagnostics;
using System.Globalization;

namespace MicroCreds.Ledger.Operator;

/// <summary>Who does what only one at a time may do; the others wait.</summary>
internal static class Turn
{
    /// <summary>What says, in a state directory, who changes the network there.</summary>
    public const string HolderFile = "turn";

    private static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(2);

    /// <summary>By then who has the turn has written down who it is.</summary>
    private static readonly TimeSpan TellAfter = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>The same for all of a user's networks, wherever each keeps its temporary files.</summary>
    private static readonly string PortsLock = Path.Combine(Folder, "microcreds.lock");

    private static string Folder => Environment.GetFolderPath(
        Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create) is { Length: > 0 } own
        ? own
        : Path.GetTempPath();

    /// <summary>
    /// Waits for the turn to choose ports and take them: of two networks that choose at once, both find the same ones
    /// free. It lasts until it is disposed of.
    /// </summary>
    /// <exception cref="OperatorException">Another start goes on for too long.</exception>
    public static Task<IDisposable> TakeAsync(CancellationToken cancellation) => TakeAsync(
        PortsLock, DefaultPatience, () => "Another network is starting", cancellation);

    /// <summary>
    /// Waits for the turn to change the network of a state directory, which lasts until it is disposed of; null where
    /// there is no network yet and the verb makes none.
    /// </summary>
    /// <param name="state">The state directory.</param>
    /// <param name="verb">What is to be done: who waits is told.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="patience">How long to wait. Default is two minutes.</param>
    /// <exception cref="OperatorException">Another command goes on for too long; it is named.</exception>
    public static async Task<IDisposable?> OfStateAsync(
        string state, Verb verb, CancellationToken cancellation, TimeSpan? patience = null)
    {
        if (verb.Begins)
        {
            Directory.CreateDirectory(state);
        }
        else if (!File.Exists(Path.Combine(state, NetworkFile.Name)) && !Directory.Exists(Path.Combine(state, "run")))
        {
            return null;
        }

        string holder = Path.Combine(state, HolderFile);
        var turn = await TakeAsync(
            holder + ".lock", patience ?? DefaultPatience,
            () => $"{(File.Exists(holder) ? File.ReadAllText(holder) : "Another command")} changes the network in "
                + state,
            cancellation);
        try
        {
            string now = TimeProvider.System.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
            await File.WriteAllTextAsync(
                holder + ".new", $"{verb.Name} (process {Environment.ProcessId}, since {now})", cancellation);
            File.Move(holder + ".new", holder, overwrite: true);
        }
        catch (IOException)
        {
            // On a full disk the network can be taken down all the same; who waits is told less.
        }

        return turn;
    }

    private static async Task<IDisposable> TakeAsync(
        string file, TimeSpan patience, Func<string> who, CancellationToken cancellation)
    {
        bool told = false;
        for (long begin = Stopwatch.GetTimestamp(); ; await Task.Delay(RetryInterval, cancellation))
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception) when (IsHeld(exception))
            {
                if (Stopwatch.GetElapsedTime(begin) > patience)
                {
                    throw new OperatorException(
                        $"{who()}, and has not finished for {patience.TotalSeconds:F0} s: wait for it, or end it; then "
                        + "give this command again.");
                }

                if (!told && Stopwatch.GetElapsedTime(begin) > TellAfter)
                {
                    Console.Error.WriteLine($"{who()}: waiting for it.");
                    told = true;
                }
            }
        }
    }

    /// <summary>Whether another process has the file; all else, as a directory that is not there, does not pass.
    /// </summary>
    private static bool IsHeld(IOException exception) =>
        exception is not (DirectoryNotFoundException or PathTooLongException or FileNotFoundException)
        && exception.Message.Contains("another process", StringComparison.Ordinal);
}

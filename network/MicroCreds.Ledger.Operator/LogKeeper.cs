using System.Globalization;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// The process that sets the others' log files aside once they are large. It is none of the network's: it has its
/// number and its words in a folder of its own.
/// </summary>
internal static class LogKeeper
{
    /// <summary>What a log file may grow to, unless <c>up.sh</c> was told otherwise.</summary>
    public const int DefaultMegabytes = 16;

    /// <summary>How many files are kept beside it, unless <c>up.sh</c> was told otherwise.</summary>
    public const int DefaultKept = 5;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Starts it unless it runs; anew if it is told how much to keep.</summary>
    /// <param name="state">Where the network's state lies.</param>
    /// <param name="megabytes">What a log file may grow to; null is the default.</param>
    /// <param name="kept">How many are kept beside it; null is the default.</param>
    public static async Task EnsureStartedAsync(string state, int? megabytes, int? kept)
    {
        if (megabytes is not null || kept is not null)
        {
            await StopAsync(state);
        }

        string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
        Of(state).EnsureStarted(
            [
                "bash", Path.Combine(Programs.Root, "scripts", "rotate-logs.sh"), "--state", state,
                "--every", Text((int)Interval.TotalSeconds), "--size", Text(megabytes ?? DefaultMegabytes),
                "--kept", Text(kept ?? DefaultKept),
            ],
            new Dictionary<string, string>());
    }

    public static bool IsRunning(string state) => Of(state).IsRunning;

    public static async Task StopAsync(string state)
    {
        var keeper = Of(state);
        if (keeper.IsRunning)
        {
            await keeper.StopAsync();
        }
    }

    private static Daemon Of(string state) => new(Path.Combine(state, "logs", "keeper"), "log-keeper");
}

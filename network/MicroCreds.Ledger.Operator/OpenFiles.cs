using System.Globalization;

namespace MicroCreds.Ledger.Operator;

/// <summary>How many files a process that is started from here may have open at once.</summary>
internal static class OpenFiles
{
    /// <summary>A node or a gateway has some hundred open; below, they fail in places that do not say why.</summary>
    public const int Least = 1_024;

    private const string LimitsFile = "/proc/self/limits";
    private const string Line = "Max open files";

    /// <exception cref="OperatorException">They are too few.</exception>
    public static void RequireEnough()
    {
        if (OperatingSystem.IsLinux() && File.Exists(LimitsFile))
        {
            RequireEnough(File.ReadAllLines(LimitsFile));
        }
    }

    /// <summary>The same by what the system tells of the process.</summary>
    internal static void RequireEnough(IEnumerable<string> limits)
    {
        string? line = limits.FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal));
        string? allowed = line?[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        if (int.TryParse(allowed, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count < Least)
        {
            throw new OperatorException(
                $"A process may have {count} files open here (ulimit -n), and nodes and gateways need {Least} at "
                + "least: raise the limit (ulimit -n 65536 in this shell; limits.conf for a user, LimitNOFILE= for a "
                + "service), and give the command again. Nothing was started.");
        }
    }
}

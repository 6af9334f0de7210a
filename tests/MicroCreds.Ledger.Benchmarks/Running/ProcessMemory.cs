using System.Globalization;

namespace MicroCreds.Ledger.Benchmarks.Running;

/// <summary>A process's memory as Linux accounts for it.</summary>
/// <param name="ProportionalMiB">PSS: what it shares with others is counted in parts, so that sums are true.</param>
/// <param name="ResidentMiB">RSS.</param>
/// <param name="PeakMiB">The highest RSS since it began.</param>
internal sealed record ProcessMemory(double ProportionalMiB, double ResidentMiB, double PeakMiB)
{
    public const string Missing = "needs Linux's /proc: skipped";

    private const double KiBPerMiB = 1024;

    public static bool IsKnown => File.Exists("/proc/self/smaps_rollup");

    public static ProcessMemory Of(int processId)
    {
        string[] rollup = File.ReadAllLines($"/proc/{processId}/smaps_rollup");
        string[] status = File.ReadAllLines($"/proc/{processId}/status");
        return new ProcessMemory(MiB(rollup, "Pss:"), MiB(rollup, "Rss:"), MiB(status, "VmHWM:"));
    }

    private static double MiB(string[] lines, string field)
    {
        string line = lines.First(candidate => candidate.StartsWith(field, StringComparison.Ordinal));
        string number = line[field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
        return double.Parse(number, CultureInfo.InvariantCulture) / KiBPerMiB;
    }
}

using System.Globalization;
using System.Runtime.InteropServices;

namespace MicroCreds.Ledger.Benchmarks.Reporting;

/// <summary>Where a run took place.</summary>
internal sealed record Machine
{
    // Beyond this share of the cores, somebody else's work is in every figure.
    private const double BusyShare = 0.5;

    public required int Cores { get; init; }

    public required double MemoryGiB { get; init; }

    public required string Runtime { get; init; }

    public required string System { get; init; }

    /// <summary>Over the last minute before the run; null where the system does not tell.</summary>
    public required double? LoadAverage { get; init; }

    public required DateTimeOffset At { get; init; }

    public bool IsBusy => LoadAverage > BusyShare * Cores;

    public static Machine Read() => new()
    {
        Cores = Environment.ProcessorCount,
        MemoryGiB = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        Runtime = RuntimeInformation.FrameworkDescription,
        System = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}",
        LoadAverage = ReadLoadAverage(),
        At = TimeProvider.System.GetUtcNow(),
    };

    public string Describe()
    {
        string load = LoadAverage?.ToString("0.00", CultureInfo.InvariantCulture) ?? "unknown";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{At:yyyy-MM-dd HH:mm} UTC: {Cores} cores, {MemoryGiB} GiB, {Runtime}, {System}, load average {load}");
    }

    private static double? ReadLoadAverage()
    {
        const string file = "/proc/loadavg";
        return File.Exists(file)
            ? double.Parse(File.ReadAllText(file).Split(' ')[0], CultureInfo.InvariantCulture)
            : null;
    }
}

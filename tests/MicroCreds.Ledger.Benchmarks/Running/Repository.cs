namespace MicroCreds.Ledger.Benchmarks.Running;

/// <summary>The clone that the benchmarks were built in.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MicroCreds.Ledger.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new BenchmarkException(
            $"{AppContext.BaseDirectory} does not lie in a clone of the repository: run scripts/bench.sh there.");
    }
}

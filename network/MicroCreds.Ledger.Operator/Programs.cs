namespace MicroCreds.Ledger.Operator;

/// <summary>Where the built programs lie: beside this one, in the same configuration.</summary>
internal static class Programs
{
    /// <summary>The repository's root.</summary>
    public static readonly string Root = FindRoot();

    public static readonly string Network = Built("network", "MicroCreds.Fabric.DevNetwork");

    public static readonly string Contract = Built("chaincode", "MicroCreds.Ledger.Contract");

    public static readonly string Gateway = Built("gateway", "MicroCreds.Ledger.Gateway");

    private static string Built(string folder, string project)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(
            Root, folder, project, "bin", output.Parent!.Name, output.Name, $"{project}.dll");
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "MicroCreds.Ledger.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new OperatorException(
            $"{AppContext.BaseDirectory} does not lie in a clone of the repository: run scripts/up.sh there.");
    }
}

using System.Security.Cryptography;

namespace MicroCreds.Ledger.Benchmarks.Running;

/// <summary>
/// The programs of tests/node/bench beside the official libraries that they need, installed once outside the sources.
/// </summary>
internal sealed class NodePrograms
{
    private readonly string _directory;

    private NodePrograms(string directory) => _directory = directory;

    public OfficialProgram Client => new("official Node client", "node", Path.Combine(_directory, "client.mjs"))
    {
        CpuRatio = 0.35,
        RateRatio = 1.5,
    };

    public OfficialProgram Chaincode => new("fabric-shim", "node", Path.Combine(_directory, "chaincode.cjs"))
    {
        RateRatio = 1.5,
    };

    /// <summary>Returns null where Node or npm is missing.</summary>
    /// <exception cref="BenchmarkException">npm failed; its last words are told.</exception>
    public static async Task<NodePrograms?> TryInstallAsync()
    {
        if (!Command.Exists("node") || !Command.Exists("npm"))
        {
            return null;
        }

        // The tests install the same packages by the same rule: whoever comes first spares the other the work.
        string source = Repository.PathOf("tests", "node");
        byte[] packages = await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"));
        string target = Repository.PathOf(
            "artifacts", "node", Convert.ToHexStringLower(SHA256.HashData(packages))[..16]);
        string installed = Path.Combine(target, "installed");
        if (!File.Exists(installed))
        {
            Copy(source, target, "package*.json");
            await Command.RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], target);
            await File.WriteAllTextAsync(installed, "");
        }

        string programs = Path.Combine(target, "bench");
        Copy(Path.Combine(source, "bench"), programs, "*");
        return new NodePrograms(programs);
    }

    private static void Copy(string source, string target, string pattern)
    {
        Directory.CreateDirectory(target);
        foreach (string file in Directory.GetFiles(source, pattern))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
    }
}

using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>Fabric's own programs, as installed on this machine.</summary>
internal sealed partial class FabricBinaries
{
    /// <summary>The variable that names the directory of the binaries, where they are not on PATH.</summary>
    public const string DirectoryVariable = "FABRIC_BIN";

    private static readonly string[] Needed = ["peer", "orderer", "configtxgen", "configtxlator"];

    private static readonly Version Oldest = new(2, 5);

    private readonly IReadOnlyDictionary<string, string> _programs;

    private FabricBinaries(IReadOnlyDictionary<string, string> programs, Version version) =>
        (_programs, Version) = (programs, version);

    /// <summary>The version that the peer tells of itself.</summary>
    public Version Version { get; }

    public string Peer => _programs["peer"];

    public string Orderer => _programs["orderer"];

    public string Configtxgen => _programs["configtxgen"];

    public string Configtxlator => _programs["configtxlator"];

    /// <summary>Finds the binaries in FABRIC_BIN, or where a network was made from, or on PATH.</summary>
    /// <param name="kept">The file that remembers where they were, see <see cref="Remember"/>.</param>
    /// <exception cref="UnavailableException">Some are missing or too old; all are named, with advice.</exception>
    public static FabricBinaries Find(string kept)
    {
        string? directory = Environment.GetEnvironmentVariable(DirectoryVariable);
        return Find(
            string.IsNullOrEmpty(directory) && File.Exists(kept) ? File.ReadAllText(kept) : directory,
            Environment.GetEnvironmentVariable("PATH"),
            VersionOf);
    }

    /// <summary>Finds the binaries in the directory, or without one on the path.</summary>
    /// <exception cref="UnavailableException">Some are missing or too old; all are named, with advice.</exception>
    public static FabricBinaries Find(string? directory, string? path, Func<string, string> versionOf)
    {
        string[] places = string.IsNullOrEmpty(directory)
            ? (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            : [directory];
        var found = new Dictionary<string, string>();
        foreach (string name in Needed)
        {
            string? file = Array.Find([.. places.Select(place => Path.Combine(place, name))], File.Exists);
            if (file is not null)
            {
                found[name] = Path.GetFullPath(file);
            }
        }

        string[] missing = [.. Needed.Where(name => !found.ContainsKey(name))];
        if (missing.Length > 0)
        {
            string where = string.IsNullOrEmpty(directory) ? "on PATH" : $"in {directory}";
            throw new UnavailableException(
                $"Fabric's binaries {string.Join(", ", missing)} are not {where}.\n{Advice}");
        }

        string answer = versionOf(found["peer"]);
        var line = VersionLine().Match(answer);
        var version = line.Success ? Version.Parse(line.Groups[1].Value) : null;
        if (version is null || version < Oldest)
        {
            throw new UnavailableException(version is null
                ? $"{found["peer"]} does not tell its version; it said:\n{answer.Trim()}\n{Advice}"
                : $"{found["peer"]} is Fabric {version}, which is too old: 2.5 is the oldest.\n{Advice}");
        }

        return new FabricBinaries(found, version);
    }

    /// <summary>Notes where the binaries are: who brings the network up again needs to say nothing.</summary>
    public void Remember(string kept)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        File.WriteAllText(kept, Path.GetDirectoryName(Peer));
    }

    private static string Advice =>
        "Install Fabric 3.1.5 (or 2.5.16, the version with long-term support) by Fabric's own script:\n"
        + "  curl -sSLO https://raw.githubusercontent.com/hyperledger/fabric/main/scripts/install-fabric.sh\n"
        + "  bash install-fabric.sh --fabric-version 3.1.5 binary\n"
        + $"then put its bin directory on PATH or into {DirectoryVariable}. The embedded engine needs none of it.";

    /// <summary>What a peer program says of its version.</summary>
    public static string VersionOf(string peer)
    {
        using var process = Process.Start(new ProcessStartInfo(peer, ["version"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return answer + error.GetAwaiter().GetResult();
    }

    [GeneratedRegex(@"^\s*Version:\s*v?(\d+\.\d+(?:\.\d+)?)", RegexOptions.Multiline)]
    private static partial Regex VersionLine();
}

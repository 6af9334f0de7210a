namespace MicroCreds.Ledger.Operator.Engines.Native.Authorities;

/// <summary>Fabric's own certificate authority, as installed on this machine.</summary>
internal static class FabricCaProgram
{
    /// <summary>The variable that names its directory, where it lies apart from Fabric's other programs.</summary>
    public const string DirectoryVariable = "FABRIC_CA_BIN";

    private const string Name = "fabric-ca-server";

    /// <summary>Finds it in FABRIC_CA_BIN, FABRIC_BIN, where it was the last time, or on PATH.</summary>
    /// <exception cref="UnavailableException">It is not there; the message says how to get it.</exception>
    public static string Find(string kept) => Find(
        [
            Environment.GetEnvironmentVariable(DirectoryVariable),
            Environment.GetEnvironmentVariable(FabricBinaries.DirectoryVariable),
            File.Exists(kept) ? File.ReadAllText(kept) : null,
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator),
        ]);

    /// <summary>Finds it in the first of these directories that has it.</summary>
    /// <exception cref="UnavailableException">None has it; the message says how to get it.</exception>
    public static string Find(IEnumerable<string?> directories) => directories
        .Where(directory => !string.IsNullOrEmpty(directory))
        .Select(directory => Path.GetFullPath(Path.Combine(directory!, Name)))
        .FirstOrDefault(File.Exists) ?? throw new UnavailableException(
            $"{Name} is neither in {DirectoryVariable} or {FabricBinaries.DirectoryVariable} nor on PATH.\n"
            + "Install Fabric CA 1.5.21 by Fabric's own script:\n"
            + "  curl -sSLO https://raw.githubusercontent.com/hyperledger/fabric/main/scripts/install-fabric.sh\n"
            + "  bash install-fabric.sh --ca-version 1.5.21 binary\n"
            + $"then put its bin directory on PATH or into {DirectoryVariable}. Without --ca the network makes its "
            + "own certificates and needs none of it.");
}

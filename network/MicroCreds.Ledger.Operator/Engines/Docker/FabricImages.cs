namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>
/// Fabric's own images, pinned: of the version line of the binaries that make the channel (FABRIC_BIN or PATH). Fabric
/// publishes no tools' image since 3.0, so the host's binaries are what both lines have.
/// </summary>
internal static class FabricImages
{
    private static readonly Version[] Held = [new(3, 1, 5), new(2, 5, 16)];

    /// <summary>The image of Fabric's certificate authority, which has versions of its own.</summary>
    public const string Authority = "hyperledger/fabric-ca:1.5.21";

    /// <summary>The version of the images that go with binaries of a version.</summary>
    /// <exception cref="UnavailableException">No pinned version is of that line.</exception>
    public static string VersionFor(Version binaries) =>
        Array.Find(Held, held => held.Major == binaries.Major && held.Minor == binaries.Minor)?.ToString()
        ?? throw new UnavailableException(
            $"The binaries are Fabric {binaries}; images are held to {string.Join(" and ", Held.AsEnumerable())}: "
            + "point FABRIC_BIN at binaries of one of these.");

    public static string Peer(string version) => $"hyperledger/fabric-peer:{version}";

    public static string Orderer(string version) => $"hyperledger/fabric-orderer:{version}";
}

using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class FabricBinariesTests : IDisposable
{
    private static readonly string[] All = ["peer", "orderer", "configtxgen", "configtxlator"];

    private readonly string _directory = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Binaries_SomeMissing_AreNamedWithTheWayToGetThem()
    {
        Write("peer", "configtxgen");
        var fault = Assert.Throws<UnavailableException>(() => FabricBinaries.Find(null, _directory, _ => ""));
        Assert.Contains("orderer, configtxlator are not on PATH", fault.Message, StringComparison.Ordinal);
        Assert.Contains("3.1.5", fault.Message, StringComparison.Ordinal);
        Assert.Contains("2.5.16", fault.Message, StringComparison.Ordinal);
        Assert.Contains("install-fabric.sh --fabric-version 3.1.5 binary", fault.Message, StringComparison.Ordinal);
        Assert.Contains("FABRIC_BIN", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Binaries_DirectoryGiven_PathIsNotSearched()
    {
        Write(All);
        var fault = Assert.Throws<UnavailableException>(
            () => FabricBinaries.Find("/nowhere", _directory, _ => "Version: v3.1.5"));
        Assert.Contains("are not in /nowhere", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("peer:\n Version: v3.1.5\n Commit SHA: 86c1172be\n Go version: go1.26.10\n", "3.1.5")]
    [InlineData("peer:\n Version: v2.5.16\n", "2.5.16")]
    [InlineData("peer:\n Version: 2.5.0-beta\n", "2.5.0")]
    public void Binaries_AllThere_TellTheirVersion(string answer, string version)
    {
        Write(All);
        var binaries = FabricBinaries.Find(null, $"/nowhere{Path.PathSeparator}{_directory}", _ => answer);
        Assert.Equal(Version.Parse(version), binaries.Version);
        Assert.Equal(Path.Combine(_directory, "orderer"), binaries.Orderer);
    }

    [Theory]
    [InlineData("peer:\n Version: v2.2.14\n", "Fabric 2.2.14, which is too old: 2.5 is the oldest")]
    [InlineData("Segmentation fault", "does not tell its version; it said:\nSegmentation fault")]
    public void Binaries_OfNoUse_AreRefusedWithTheReason(string answer, string reason)
    {
        Write(All);
        var fault = Assert.Throws<UnavailableException>(() => FabricBinaries.Find(_directory, null, _ => answer));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    private void Write(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            File.WriteAllText(Path.Combine(_directory, name), "");
        }
    }
}
